import { SyncError } from '../errors/engine-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connector } from '../ports/connector.ts';
import type { Settings } from '../records/settings.ts';
import type { ImapAccess } from './imap-access.ts';

/** Opens an engine's way to IMAP servers. */
export function openImapAccess(_through: {
  readonly connector: Pick<Connector, 'connectSocket'>;
  readonly clock: Clock;
  readonly settings: Settings;
}): ImapAccess {
  return {
    use: () => {
      const text = 'IMAP servers cannot be reached; use a profile of type pop3-smtp.';
      return Promise.reject(
        new SyncError({ class: 'config', code: 'imap-not-there', text, phase: 'connect' }),
      );
    },
    close: () => Promise.resolve(),
  };
}
