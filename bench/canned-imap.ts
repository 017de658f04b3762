import type { World } from '../simulators/index.ts';
import type { ByteStream } from '../simulators/network/byte-stream.ts';

export const cannedHost = 'canned.test';

const capabilities =
  'IMAP4rev1 SASL-IR ID ENABLE IDLE LITERAL+ AUTH=PLAIN UIDPLUS CONDSTORE QRESYNC ESEARCH LIST-STATUS MOVE SPECIAL-USE NAMESPACE';

/** What is answered to a command before its tagged OK, whoever asks; the rest is OK without more. */
const untagged: Readonly<Record<string, string>> = {
  CAPABILITY: `* CAPABILITY ${capabilities}\r\n`,
  ID: '* ID NIL\r\n',
  NAMESPACE: '* NAMESPACE (("" "/")) NIL NIL\r\n',
  ENABLE: '* ENABLED QRESYNC\r\n',
  LIST: '* LIST (\\HasNoChildren) "/" INBOX\r\n',
  STATUS: '* STATUS INBOX (UIDVALIDITY 1 UIDNEXT 1 MESSAGES 0 HIGHESTMODSEQ 1)\r\n',
  SELECT:
    '* FLAGS (\\Seen)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n* 0 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] ok\r\n* OK [UIDNEXT 1] ok\r\n* OK [HIGHESTMODSEQ 1] ok\r\n',
  SEARCH: '* SEARCH\r\n',
  LOGOUT: '* BYE Logging out\r\n',
};

/** An IMAP server of a world that looks at nothing but tag and verb: an empty mailbox for everybody. */
export function serveCannedImap(world: World): void {
  world.network.listen({ host: cannedHost, port: 993, protocol: 'imap', tls: true, accept: answerCanned });
}

function answerCanned(stream: ByteStream): void {
  stream.write(`* OK [CAPABILITY ${capabilities}] ready\r\n`);
  stream.on('data', (chunk) => {
    for (const line of chunk.toString('latin1').split('\r\n')) {
      if (line === '') continue;
      const [tag = '', first = '', second = ''] = line.split(' ', 3);
      const verb = (first === 'UID' ? second : first).toUpperCase();
      const code = verb === 'LOGIN' || verb === 'AUTHENTICATE' ? ` [CAPABILITY ${capabilities}]` : '';
      stream.write(`${untagged[verb] ?? ''}${tag} OK${code} done\r\n`);
      if (verb === 'LOGOUT') stream.end();
    }
  });
  stream.on('end', () => stream.end());
}
