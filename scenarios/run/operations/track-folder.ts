import type { Performer } from './operation-performer.ts';

/** The application has a folder tracked; it names folders from below the Inbox. */
export const trackFolder: Performer<'track-folder'> = ({ mailbox, folder, regarding }, { host }) =>
  host.ask((engine) =>
    engine.trackFolder(mailbox, {
      path: folder.replace(/^INBOX\//, ''),
      ...(regarding !== undefined && { regarding }),
    }),
  );
