import type { World } from '../simulators/index.ts';
import type { ByteStream } from '../simulators/network/byte-stream.ts';
import { loadProfile } from '../simulators/profiles/index.ts';

export const cannedHost = 'canned.test';

const { capabilitiesBefore = [], capabilities = [] } = loadProfile('dovecot-postfix').imap ?? {};
const before = capabilitiesBefore
  .filter((name) => name !== 'STARTTLS')
  .map((name) => (name === 'AUTH' ? 'AUTH=PLAIN AUTH=LOGIN' : name))
  .join(' ');
const after = capabilities.join(' ');

/** What is answered to a command before its tagged OK, whoever asks; the rest is OK without more. */
const untagged: Readonly<Record<string, string>> = {
  CAPABILITY: `* CAPABILITY ${after}\r\n`,
  ID: '* ID ("name" "Dovecot")\r\n',
  NAMESPACE: '* NAMESPACE (("" "/")) NIL NIL\r\n',
  ENABLE: '* ENABLED CONDSTORE\r\n',
  LIST: '* LIST (\\HasNoChildren) "/" INBOX\r\n',
  STATUS: '* STATUS INBOX (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1 HIGHESTMODSEQ 1)\r\n',
  SELECT:
    '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags permitted.\r\n* 0 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] UIDs valid\r\n* OK [UIDNEXT 1] Predicted next UID\r\n* OK [HIGHESTMODSEQ 1] Highest\r\n',
  SEARCH: '* SEARCH\r\n',
  LOGOUT: '* BYE Logging out\r\n',
};

/**
 * An IMAP server of a world that looks at nothing but tag and verb: everybody may sign in and has an empty mailbox. It
 * says what the simulated Dovecot says, in as many turns, so that a client has the same to do with both.
 */
export function serveCannedImap(world: World): void {
  world.network.listen({ host: cannedHost, port: 993, protocol: 'imap', tls: true, accept: answerCanned });
}

function answerCanned(stream: ByteStream): void {
  stream.write(`* OK [CAPABILITY ${before}] Dovecot ready.\r\n`);
  let signingIn: string | undefined;
  let idling = '';
  stream.on('data', (chunk) => {
    for (const line of chunk.toString('latin1').split('\r\n')) {
      if (line === '') continue;
      const [tag = '', first = '', second = '', third] = line.split(' ', 4);
      const verb = (first === 'UID' ? second : first).toUpperCase();
      if (signingIn !== undefined || verb === 'LOGIN' || (verb === 'AUTHENTICATE' && third !== undefined)) {
        stream.write(`${signingIn ?? tag} OK [CAPABILITY ${after}] Logged in\r\n`);
        signingIn = undefined;
      } else if (verb === 'AUTHENTICATE') {
        signingIn = tag;
        stream.write('+ \r\n');
      } else if (verb === 'IDLE') {
        idling = tag;
        stream.write('+ idling\r\n');
      } else if (tag === 'DONE') stream.write(`${idling} OK Idle completed.\r\n`);
      else stream.write(`${untagged[verb] ?? ''}${tag} OK ${verb} completed.\r\n`);
      if (verb === 'LOGOUT') stream.end();
    }
  });
  stream.on('end', () => stream.end());
}
