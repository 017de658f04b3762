import type { Performer } from './operation-performer.ts';

/** A person tracks a message through the application, or lets go of it. */
export const trackMessage: Performer<'track-message'> = (operation, { host }) => {
  const { mailbox, of, nth, regarding, tracked } = operation;
  const messageId = `<${of}.${nth}@outside.test>`;
  return host.ask((engine) =>
    tracked
      ? engine.track(mailbox, { messageId, ...(regarding !== undefined && { regarding }) })
      : engine.untrack(mailbox, { messageId }),
  );
};
