import type { PlugIn } from '../../engine/plugins/plug-in.ts';
import { type Clock, sleep } from '../../simulators/index.ts';
import type { Scenario } from '../scenario.ts';

/** The plug-ins of a scenario: each takes its time, and refuses what it is told to refuse. */
export function plugInsFor(scenario: Scenario, clock: Clock): PlugIn[] {
  return scenario.plugIns.map(({ name, mode, takesMs, refusesSubject }) => ({
    name,
    mode,
    async onDelivery({ email }) {
      if (takesMs > 0) await sleep(clock, takesMs);
      if (refusesSubject !== undefined && email.subject?.startsWith(refusesSubject) === true) {
        throw new Error(`${name} refuses "${email.subject}"`);
      }
    },
  }));
}
