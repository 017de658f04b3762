import type { Performer } from './operation-performer.ts';

/** The application switches a workload of a mailbox off, or on again. */
export const switchWorkload: Performer<'disable' | 'enable'> = ({ do: wish, mailbox, workload }, { host }) =>
  host.ask((engine) =>
    wish === 'enable' ? engine.enableMailbox(mailbox, [workload]) : engine.disableWorkload(mailbox, workload),
  );
