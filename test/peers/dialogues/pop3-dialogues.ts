import { Conversation } from './conversation.ts';

/** How much of a reply must be the same: what the RFC fixes, and no free text. */
export type Compare =
  /** `+OK`, `-ERR`, `+` (a challenge), with the response code in brackets if there is one. */
  | 'status'
  /** The whole status line: drop listings, whose form RFC 1939 fixes. */
  | 'line'
  /** Status, and every line of the body. */
  | 'body'
  /** Status, and the body's lines in any order: CAPA. */
  | 'set'
  /** Status, and how many lines the body has, each `number id`. */
  | 'uidl';

export interface Step {
  /** Unique in its dialogue; differences are explained by it. */
  readonly name: string;
  /** Sent as it stands, CRLF added; several lines go out in one write. */
  readonly send: string | readonly string[];
  readonly compare: Compare;
  /** Replies with a body, when they begin with +OK. */
  readonly multiline?: boolean;
  /** Replies expected to the lines sent; default one. */
  readonly replies?: number;
  readonly after?: 'start-tls' | 'drop';
}

export interface Dialogue {
  readonly name: string;
  readonly steps: readonly Step[];
}

const login = (user = 'anna@example.test', password = 'anna-s3cret'): Step[] => [
  { name: 'user', send: `USER ${user}`, compare: 'status' },
  { name: 'pass', send: `PASS ${password}`, compare: 'status' },
];
const plain = (user: string, password: string) => Buffer.from(`\0${user}\0${password}`).toString('base64');
const quit: Step = { name: 'quit', send: 'QUIT', compare: 'status' };

const status = (name: string, send: string): Step => ({ name, send, compare: 'status' });
const line = (name: string, send: string): Step => ({ name, send, compare: 'line' });
const body = (name: string, send: string): Step => ({ name, send, compare: 'body', multiline: true });

/**
 * Said to both servers in this order, over the same three messages in anna's mailbox. Later dialogues find what
 * earlier ones left.
 */
export const pop3Dialogues: readonly Dialogue[] = [
  {
    name: 'reading',
    steps: [
      { name: 'capa before login', send: 'CAPA', compare: 'set', multiline: true },
      ...login(),
      { name: 'capa after login', send: 'CAPA', compare: 'set', multiline: true },
      line('stat', 'STAT'),
      body('list', 'LIST'),
      line('list one', 'LIST 1'),
      status('list beyond the last', 'LIST 99'),
      status('list zero', 'LIST 0'),
      status('list a word', 'LIST one'),
      { name: 'uidl', send: 'UIDL', compare: 'uidl', multiline: true },
      status('uidl one', 'UIDL 1'),
      status('uidl beyond the last', 'UIDL 99'),
      body('retr', 'RETR 1'),
      body('retr with dots', 'RETR 2'),
      body('retr with bare line feeds', 'RETR 3'),
      status('retr beyond the last', 'RETR 99'),
      status('retr nothing', 'RETR'),
      body('top without body', 'TOP 1 0'),
      body('top two lines', 'TOP 1 2'),
      body('top more than there is', 'TOP 1 9999'),
      status('top negative', 'TOP 1 -1'),
      status('top without count', 'TOP 1'),
      status('top beyond the last', 'TOP 99 0'),
      status('noop', 'NOOP'),
      status('lower case', 'noop'),
      status('mixed case', 'sTaT'),
      status('unknown command', 'XYZZY'),
      status('empty line', ''),
      status('last, gone since RFC 1725', 'LAST'),
      status('user again', 'USER anna@example.test'),
      status('utf8, not offered', 'UTF8'),
      status('lang, not offered', 'LANG'),
      status('apop, not offered', 'APOP anna@example.test c4c9334bac560ecc979e58001b3e22fb'),
      quit,
    ],
  },
  {
    name: 'deleting and changing one’s mind',
    steps: [
      ...login(),
      status('dele', 'DELE 2'),
      status('dele again', 'DELE 2'),
      status('retr a deleted one', 'RETR 2'),
      status('list a deleted one', 'LIST 2'),
      status('uidl a deleted one', 'UIDL 2'),
      status('top a deleted one', 'TOP 2 0'),
      line('stat without it', 'STAT'),
      body('list without it', 'LIST'),
      status('dele beyond the last', 'DELE 99'),
      status('dele nothing', 'DELE'),
      status('rset', 'RSET'),
      line('stat with it again', 'STAT'),
      quit,
    ],
  },
  {
    name: 'deleting and losing the connection',
    steps: [...login(), { ...status('dele', 'DELE 1'), after: 'drop' }],
  },
  { name: 'nothing was deleted', steps: [...login(), line('stat', 'STAT'), quit] },
  { name: 'deleting for good', steps: [...login(), status('dele', 'DELE 1'), quit] },
  { name: 'it is gone', steps: [...login(), line('stat', 'STAT'), body('list', 'LIST'), quit] },
  {
    name: 'before login',
    steps: [
      status('stat', 'STAT'),
      status('retr', 'RETR 1'),
      status('noop', 'NOOP'),
      status('pass without user', 'PASS anna-s3cret'),
      status('unknown command', 'XYZZY'),
      quit,
    ],
  },
  {
    name: 'wrong password',
    steps: [
      { name: 'user', send: 'USER anna@example.test', compare: 'status' },
      status('wrong pass', 'PASS wrong'),
      status('pass again without user', 'PASS anna-s3cret'),
      status('user again', 'USER anna@example.test'),
      status('right pass', 'PASS anna-s3cret'),
      quit,
    ],
  },
  {
    name: 'unknown user',
    steps: [status('user', 'USER nobody@example.test'), status('pass', 'PASS anything'), quit],
  },
  {
    name: 'sasl plain in one line',
    steps: [
      status('auth', `AUTH PLAIN ${plain('anna@example.test', 'anna-s3cret')}`),
      line('stat', 'STAT'),
      quit,
    ],
  },
  {
    name: 'sasl plain in two lines',
    steps: [
      status('auth', 'AUTH PLAIN'),
      status('response', plain('anna@example.test', 'anna-s3cret')),
      line('stat', 'STAT'),
      quit,
    ],
  },
  {
    name: 'sasl login',
    steps: [
      line('auth', 'AUTH LOGIN'),
      line('user', Buffer.from('anna@example.test').toString('base64')),
      status('password', Buffer.from('anna-s3cret').toString('base64')),
      quit,
    ],
  },
  {
    name: 'sasl gone wrong',
    steps: [
      status('mechanism not offered', 'AUTH CRAM-MD5'),
      status('wrong password', `AUTH PLAIN ${plain('anna@example.test', 'wrong')}`),
      status('no base64', 'AUTH PLAIN !!!!'),
      status('begin', 'AUTH PLAIN'),
      status('cancel', '*'),
      quit,
    ],
  },
  {
    name: 'pipelined',
    steps: [
      {
        name: 'five commands in one write',
        send: ['USER anna@example.test', 'PASS anna-s3cret', 'STAT', 'LIST 1', 'QUIT'],
        compare: 'status',
        replies: 5,
      },
    ],
  },
  {
    name: 'too many bad commands',
    steps: [
      ...login(),
      { ...status('unknown commands', ''), send: Array.from({ length: 21 }, () => 'XYZZY'), replies: 21 },
      quit,
    ],
  },
  {
    name: 'stls',
    steps: [
      { ...status('stls', 'STLS'), after: 'start-tls' },
      { name: 'capa under tls', send: 'CAPA', compare: 'set', multiline: true },
      status('stls again', 'STLS'),
      ...login(),
      line('stat', 'STAT'),
      status('stls after login', 'STLS'),
      quit,
    ],
  },
  {
    name: 'a command smuggled in behind stls',
    steps: [
      { ...status('stls', ''), send: ['STLS', 'CAPA'], after: 'start-tls' },
      ...login(),
      line('stat', 'STAT'),
      quit,
    ],
  },
  {
    name: 'lines too long',
    steps: [
      ...login(),
      status('a thousand bytes', `NOOP ${'x'.repeat(1_000)}`),
      status('seventy thousand bytes', `NOOP ${'x'.repeat(70_000)}`),
      quit,
    ],
  },
  {
    name: 'stls after login without tls',
    steps: [...login(), status('stls', 'STLS'), quit],
  },
];

/** A reply in the form in which two servers are compared. */
export type Reply = string;

/** Holds one dialogue and gives each step's replies in comparable form; `(closed)` when the server hung up. */
export async function holdPop3(port: number, ca: string, dialogue: Dialogue): Promise<Map<string, Reply>> {
  const talk = await Conversation.open(port);
  const replies = new Map<string, Reply>([['greeting', statusOf(await talk.line())]]);
  for (const step of dialogue.steps) {
    talk.send(
      [step.send]
        .flat()
        .map((text) => `${text}\r\n`)
        .join(''),
    );
    const parts: string[] = [];
    for (let count = 0; count < (step.replies ?? 1); count++) parts.push(await reply(talk, step));
    if (replies.has(step.name)) throw new Error(`${dialogue.name}: two steps are called ${step.name}`);
    replies.set(step.name, parts.join(' | '));
    if (step.after === 'start-tls' && parts[0] === '+OK' && !(await talk.startTls(ca)))
      replies.set(step.name, `${parts.join(' | ')} (no handshake)`);
  }
  talk.drop();
  return replies;
}

async function reply(talk: Conversation, step: Step): Promise<Reply> {
  const first = await talk.line();
  const head = statusOf(first);
  if (step.multiline && head.startsWith('+OK')) {
    const lines: string[] = [];
    for (let next = await talk.line(); next !== '.'; next = await talk.line()) {
      if (next === undefined) return `${head} (closed in the body)`;
      lines.push(next);
    }
    return shape(head, lines, step.compare);
  }
  return step.compare === 'line' && first !== undefined ? first : head;
}

function shape(head: string, lines: readonly string[], compare: Compare): Reply {
  switch (compare) {
    case 'set':
      return [head, ...lines.toSorted()].join('\n');
    case 'uidl':
      return [head, ...lines.map((one) => one.replace(/^(\d+) [\x21-\x7e]{1,70}$/, '$1 <id>'))].join('\n');
    case 'body':
      return [head, ...lines].join('\n');
    case 'status':
    case 'line':
      return head;
    default:
      return compare satisfies never;
  }
}

function statusOf(first: string | undefined): string {
  if (first === undefined) return '(closed)';
  const [status = ''] = first.split(' ');
  const code = /^-ERR (\[[^\]]+\])/.exec(first)?.[1];
  return code === undefined ? status : `${status} ${code}`;
}
