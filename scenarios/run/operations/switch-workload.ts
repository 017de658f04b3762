import type { Performer } from './operation-performer.ts';

/** The application switches a workload of a mailbox off, or on again. */
export const switchWorkload: Performer<'disable' | 'enable'> = (operation, { host, world }) =>
  host.ask((engine) =>
    engine.store.setWorkloadEnabled(
      operation.mailbox,
      operation.workload,
      operation.do === 'enable',
      world.clock.now(),
    ),
  );
