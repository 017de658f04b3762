/**
 * Every reply smtp-server writes on its own, by the situation it stands for. A profile words a situation in its
 * `replies`, as the whole reply with its code; what it leaves out keeps smtp-server's text and the enhanced status
 * code of RFC 2034. Placeholders are filled by `fillReply`; lines of one reply are parted by a line feed.
 */
const situations: ReadonlyMap<string, string> = new Map([
  ['Bye', 'quit'],
  ['Flushed', 'reset'],
  ['OK', 'noop'],
  ['Ready to start TLS', 'startTls'],
  ['Error: TLS already active', 'tlsActive'],
  ['Authentication successful', 'authenticated'],
  ['Error: Authentication credentials invalid', 'badCredentials'],
  ['Error: Username and Password not accepted', 'badCredentials'],
  ['Error: authentication Required', 'authRequired'],
  ['Error: Must issue a STARTTLS command first', 'tlsRequired'],
  ['Error: Unrecognized authentication type', 'unknownMechanism'],
  ['Error: No identity changes permitted', 'alreadyAuthenticated'],
  ['Error: invalid userdata', 'undecodableAuth'],
  ['Error: command not recognized', 'unknownCommand'],
  ['Error: send HELO/EHLO first', 'helloFirst'],
  ['Error: nested MAIL command', 'nestedMail'],
  ['Error: need MAIL command', 'needSender'],
  ['Error: need RCPT command', 'needRecipient'],
  ['Error: Bad sender address syntax', 'badSender'],
  ['Error: Bad recipient address syntax', 'badRecipient'],
  ['Error: internal server error', 'internalError'],
  ['End data with <CR><LF>.<CR><LF>', 'startData'],
]);

const situationsByContext: ReadonlyMap<string, string> = new Map([
  ['MAIL_FROM_OK', 'senderOk'],
  ['RCPT_TO_OK', 'recipientOk'],
  ['MESSAGE_TOO_BIG', 'tooBig'],
]);

/** The situation smtp-server is in when it says `text` in `context`, if a profile may word it. */
export function situationOf(text: string, context: string | false | undefined): string | undefined {
  return (context ? situationsByContext.get(context) : undefined) ?? situations.get(text);
}

/** Fills `{host}`, `{sid}`, `{ip}` and so on; asks only for what the text holds. */
export function fillReply(text: string, lookUp: (name: string) => string | undefined): string {
  const filled = text.includes('{')
    ? text.replace(/\{(\w+)\}/g, (whole, name: string) => lookUp(name) ?? whole)
    : text;
  return filled.includes('\n') ? filled.replace(/\r?\n/g, '\r\n') : filled;
}
