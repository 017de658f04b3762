import { defaultSettings, type Settings } from '../../engine/records/settings.ts';
import type { ProviderSpec } from '../../simulators/index.ts';
import type { Scenario } from '../scenario.ts';

/**
 * The engine's settings, as an operator would make them who knows these providers: a server that keeps a silent
 * connection for longer than the default counts it for so long. What the scenario sets comes first.
 */
export function settingsFor(scenario: Scenario, providers: readonly ProviderSpec[]): Settings {
  const accesses = new Map(scenario.providers.map(({ domain, access }) => [domain, access]));
  const idleTimeoutsMs = providers.flatMap(({ domain, profile: { pop3, imap, smtp } }) => {
    const incoming = accesses.get(domain) === 'imap-smtp' ? imap : pop3;
    return [incoming?.idleTimeoutMs ?? 0, smtp?.idleTimeoutMs ?? 0];
  });
  const lingeringConnectionMs = Math.max(defaultSettings.lingeringConnectionMs, ...idleTimeoutsMs);
  return { ...defaultSettings, lingeringConnectionMs, ...scenario.settings };
}
