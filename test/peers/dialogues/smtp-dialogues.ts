import { Conversation } from './conversation.ts';

export interface SmtpStep {
  /** Unique in its dialogue; differences are explained by it. */
  readonly name: string;
  /** Sent as it stands, CRLF added; several lines go out in one write. */
  readonly send: string | readonly string[];
  /** Replies expected to the lines sent; default one, none inside DATA. */
  readonly replies?: number;
  /** The keywords (with their parameters) are compared too: EHLO. */
  readonly keywords?: boolean;
  readonly after?: 'start-tls';
}

export interface SmtpDialogue {
  readonly name: string;
  /** Which door: STARTTLS offered on a plain connection, said before the steps or not. */
  readonly secured: boolean;
  readonly steps: readonly SmtpStep[];
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const say = (name: string, send: string | readonly string[]): SmtpStep => ({ name, send });
const signIn: SmtpStep = { name: 'auth', send: `AUTH PLAIN ${base64('\0anna@example.test\0anna-s3cret')}` };
const ehlo = say('ehlo', 'EHLO client.example.test');
/** What is offered is compared twice: before TLS and after. */
const offers: SmtpStep = { name: 'ehlo', send: 'EHLO client.example.test', keywords: true };
const mail = say('mail', 'MAIL FROM:<anna@example.test>');
const rcpt = say('rcpt', 'RCPT TO:<bert@example.test>');
const quit = say('quit', 'QUIT');

/** Said to both servers; anna may send, bert is known, nobody@example.test is not. */
export const smtpDialogues: readonly SmtpDialogue[] = [
  {
    name: 'before tls',
    secured: false,
    steps: [
      say('mail before ehlo', 'MAIL FROM:<anna@example.test>'),
      offers,
      say('auth without tls', signIn.send),
      say('mail without auth', 'MAIL FROM:<anna@example.test>'),
      say('rcpt without auth', 'RCPT TO:<bert@example.test>'),
      say('noop', 'NOOP'),
      say('rset', 'RSET'),
      say('unknown command', 'XYZZY'),
      say('starttls with an argument', 'STARTTLS now'),
      quit,
    ],
  },
  { name: 'helo', secured: false, steps: [say('helo', 'HELO client.example.test'), quit] },
  {
    name: 'before auth',
    secured: true,
    steps: [
      offers,
      say('starttls again', 'STARTTLS'),
      say('mail', 'MAIL FROM:<anna@example.test>'),
      say('rcpt', 'RCPT TO:<bert@example.test>'),
      say('data', 'DATA'),
      quit,
    ],
  },
  {
    name: 'signing in',
    secured: true,
    steps: [
      ehlo,
      say('wrong password', `AUTH PLAIN ${base64('\0anna@example.test\0wrong')}`),
      say('unknown user', `AUTH PLAIN ${base64('\0nobody@example.test\0anything')}`),
      say('mechanism not offered', 'AUTH CRAM-MD5'),
      say('no base64', 'AUTH PLAIN !!!!'),
      say('no mechanism', 'AUTH'),
      say('login begins', 'AUTH LOGIN'),
      say('login cancelled', '*'),
      say('plain begins', 'AUTH PLAIN'),
      say('plain response', base64('\0anna@example.test\0anna-s3cret')),
      say('auth again', signIn.send),
      quit,
    ],
  },
  {
    name: 'signing in by login',
    secured: true,
    steps: [
      ehlo,
      say('auth login', 'AUTH LOGIN'),
      say('user', base64('anna@example.test')),
      say('password', base64('anna-s3cret')),
      quit,
    ],
  },
  {
    name: 'sending',
    secured: true,
    steps: [
      ehlo,
      signIn,
      say('data first', 'DATA'),
      say('rcpt first', 'RCPT TO:<bert@example.test>'),
      mail,
      say('mail again', 'MAIL FROM:<anna@example.test>'),
      say('data without rcpt', 'DATA'),
      rcpt,
      say('rcpt unknown', 'RCPT TO:<nobody@example.test>'),
      say('rcpt without brackets', 'RCPT TO:anna@example.test'),
      say('rcpt no address', 'RCPT TO:<>'),
      say('data', 'DATA'),
      say('message', ['Subject: one', '', 'body', '..dots', '.']),
      say('rset', 'RSET'),
      say('rcpt after rset', 'RCPT TO:<bert@example.test>'),
      say('noop', 'NOOP'),
      say('unknown command', 'XYZZY'),
      say('empty line', ''),
      say('ehlo again', 'EHLO client.example.test'),
      quit,
    ],
  },
  {
    name: 'extensions',
    secured: true,
    steps: [
      ehlo,
      signIn,
      say('size that fits', 'MAIL FROM:<anna@example.test> SIZE=1000'),
      say('rset', 'RSET'),
      say('size too large', 'MAIL FROM:<anna@example.test> SIZE=99000000'),
      say('rset after size too large', 'RSET'),
      say('8bitmime', 'MAIL FROM:<anna@example.test> BODY=8BITMIME'),
      say('rset after 8bitmime', 'RSET'),
      say('unknown body', 'MAIL FROM:<anna@example.test> BODY=9BITMIME'),
      say('unknown parameter', 'MAIL FROM:<anna@example.test> WHAT=EVER'),
      say('smtputf8', 'MAIL FROM:<anna@example.test> SMTPUTF8'),
      say('rset after smtputf8', 'RSET'),
      say('dsn', 'MAIL FROM:<anna@example.test> RET=HDRS ENVID=abc'),
      say('dsn rcpt', 'RCPT TO:<bert@example.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bert@example.test'),
      say('dsn rcpt wrong', 'RCPT TO:<anna@example.test> NOTIFY=PERHAPS'),
      quit,
    ],
  },
  {
    name: 'null sender',
    secured: true,
    steps: [
      ehlo,
      signIn,
      say('mail', 'MAIL FROM:<>'),
      rcpt,
      say('data', 'DATA'),
      say('message', ['', 'x', '.']),
      quit,
    ],
  },
  {
    name: 'pipelined',
    secured: true,
    steps: [
      ehlo,
      signIn,
      {
        name: 'envelope and data in one write',
        send: [
          'MAIL FROM:<anna@example.test>',
          'RCPT TO:<bert@example.test>',
          'RCPT TO:<nobody@example.test>',
          'DATA',
        ],
        replies: 4,
      },
      say('message', ['Subject: two', '', '.']),
      quit,
    ],
  },
  {
    name: 'too many errors',
    secured: true,
    steps: [
      ehlo,
      { name: 'unknown commands', send: Array.from({ length: 21 }, () => 'XYZZY'), replies: 21 },
      quit,
    ],
  },
  {
    name: 'messages that are too large, or end otherwise',
    secured: true,
    steps: [
      ehlo,
      signIn,
      mail,
      rcpt,
      say('data', 'DATA'),
      say('eleven million bytes', [`${`${'x'.repeat(998)}\r\n`.repeat(11_000)}.`]),
      say('mail after it', 'MAIL FROM:<anna@example.test>'),
      say('rcpt after it', 'RCPT TO:<bert@example.test>'),
      say('data after it', 'DATA'),
      say('a dot between bare line feeds', ['Subject: three', '', 'one\n.\nMAIL FROM:<x@example.test>', '.']),
      quit,
    ],
  },
  {
    name: 'lines too long',
    secured: true,
    steps: [
      ehlo,
      say('a thousand bytes', `NOOP ${'x'.repeat(1_000)}`),
      say('three thousand bytes', `NOOP ${'x'.repeat(3_000)}`),
      say('noop', 'NOOP'),
      quit,
    ],
  },
  {
    name: 'a command smuggled in behind starttls',
    secured: false,
    steps: [
      ehlo,
      { name: 'starttls', send: ['STARTTLS', 'NOOP'], after: 'start-tls' },
      say('ehlo under tls', 'EHLO client.example.test'),
      quit,
    ],
  },
  {
    name: 'every recipient refused',
    secured: true,
    steps: [
      ehlo,
      signIn,
      mail,
      say('rcpt unknown', 'RCPT TO:<nobody@example.test>'),
      say('data', 'DATA'),
      quit,
    ],
  },
];

/** Holds one dialogue; each step's replies as `250 2.1.0` (code and enhanced code), `(closed)` when the server hung up. */
export async function holdSmtp(
  port: number,
  ca: string,
  dialogue: SmtpDialogue,
): Promise<Map<string, string>> {
  const talk = await Conversation.open(port);
  const replies = new Map<string, string>([['greeting', await reply(talk, false)]]);
  if (dialogue.secured) {
    for (const text of ['EHLO client.example.test', 'STARTTLS']) {
      talk.send(`${text}\r\n`);
      replies.set(`before: ${text}`, await reply(talk, false));
    }
    await talk.startTls(ca);
  }
  for (const step of dialogue.steps) {
    talk.send(
      [step.send]
        .flat()
        .map((text) => `${text}\r\n`)
        .join(''),
    );
    const parts: string[] = [];
    for (let count = 0; count < (step.replies ?? 1); count++)
      parts.push(await reply(talk, step.keywords ?? false));
    if (replies.has(step.name)) throw new Error(`${dialogue.name}: two steps are called ${step.name}`);
    replies.set(step.name, parts.join(' | '));
    if (step.after === 'start-tls' && parts[0]?.startsWith('220') && !(await talk.startTls(ca)))
      replies.set(step.name, `${parts.join(' | ')} (no handshake)`);
  }
  talk.drop();
  return replies;
}

async function reply(talk: Conversation, keywords: boolean): Promise<string> {
  const lines: string[] = [];
  for (;;) {
    const next = await talk.line();
    if (next === undefined) return '(closed)';
    lines.push(next);
    if (next[3] !== '-') break;
  }
  const last = lines.at(-1)!; // the loop above ends only after a line was read
  const code = last.slice(0, 3);
  if (keywords)
    return [
      code,
      ...lines
        .slice(1)
        .map((one) => one.slice(4))
        .sort(),
    ].join('\n');
  if (code === '334') return last;
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})(?: |$)/.exec(lines[0] ?? '')?.[1];
  return enhanced === undefined ? code : `${code} ${enhanced}`;
}
