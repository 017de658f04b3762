/** One reply that the simulator gives in another way than the real server, and why that is right or does not matter. */
export interface ReplyDifference {
  readonly dialogue: string;
  readonly step: string;
  readonly real: string;
  readonly ours: string;
  readonly reason: string;
}

const smuggled =
  'RFC 2595 4 has what came before the handshake thrown away: the simulator does, and goes on; Dovecot takes it for the handshake and hangs up. Neither carries it out.';

/** Dovecot 2.3 against the POP3 simulator in the profile `dovecot-postfix`. */
export const pop3Differences: readonly ReplyDifference[] = [
  {
    dialogue: 'a command smuggled in behind stls',
    step: 'stls',
    real: '+OK (no handshake)',
    ours: '+OK',
    reason: smuggled,
  },
  {
    dialogue: 'a command smuggled in behind stls',
    step: 'user',
    real: '(closed)',
    ours: '+OK',
    reason: smuggled,
  },
  {
    dialogue: 'a command smuggled in behind stls',
    step: 'pass',
    real: '(closed)',
    ours: '+OK',
    reason: smuggled,
  },
  {
    dialogue: 'a command smuggled in behind stls',
    step: 'stat',
    real: '(closed)',
    ours: '+OK 2 72',
    reason: smuggled,
  },
  {
    dialogue: 'a command smuggled in behind stls',
    step: 'quit',
    real: '(closed)',
    ours: '+OK',
    reason: smuggled,
  },
  {
    dialogue: 'lines too long',
    step: 'a thousand bytes',
    real: '+OK',
    ours: '-ERR',
    reason:
      'Dovecot passes over whatever follows NOOP; the simulator holds to RFC 1939 5, where it has no argument. The length is no matter to either.',
  },
];

const tlsFirst =
  'Postfix, told to encrypt, answers every mail command before STARTTLS in one way; the simulator says what is missing next, in the same class 530, or that a greeting is missing; RSET, which changes nothing, it lets pass.';
const offers =
  'What is advertised must be handled: the simulator leaves out VRFY, ETRN and CHUNKING, which no client here uses; mechanisms are a setting, and the profile has XOAUTH2.';
const authFirst =
  'Postfix takes MAIL from anybody and refuses at RCPT (smtpd_delay_reject); the simulator refuses at MAIL, in the class 5xx with 5.7.1, as submission servers with early checks do. Either way nothing is relayed without signing in.';

/** Postfix 3.7 against the SMTP simulator in the profile `dovecot-postfix`. */
export const smtpDifferences: readonly ReplyDifference[] = [
  {
    dialogue: 'before tls',
    step: 'mail before ehlo',
    real: '530 5.7.0',
    ours: '503 5.5.1',
    reason: tlsFirst,
  },
  {
    dialogue: 'before tls',
    step: 'ehlo',
    real: '250\n8BITMIME\nCHUNKING\nDSN\nENHANCEDSTATUSCODES\nETRN\nPIPELINING\nSIZE 10240000\nSMTPUTF8\nSTARTTLS\nVRFY',
    ours: '250\n8BITMIME\nDSN\nENHANCEDSTATUSCODES\nPIPELINING\nSIZE 10240000\nSMTPUTF8\nSTARTTLS',
    reason: offers,
  },
  {
    dialogue: 'before tls',
    step: 'mail without auth',
    real: '530 5.7.0',
    ours: '530 5.7.1',
    reason: tlsFirst,
  },
  {
    dialogue: 'before tls',
    step: 'rcpt without auth',
    real: '530 5.7.0',
    ours: '530 5.7.1',
    reason: tlsFirst,
  },
  { dialogue: 'before tls', step: 'rset', real: '530 5.7.0', ours: '250 2.0.0', reason: tlsFirst },
  {
    dialogue: 'before auth',
    step: 'ehlo',
    real: '250\n8BITMIME\nAUTH PLAIN LOGIN\nCHUNKING\nDSN\nENHANCEDSTATUSCODES\nETRN\nPIPELINING\nSIZE 10240000\nSMTPUTF8\nVRFY',
    ours: '250\n8BITMIME\nAUTH PLAIN LOGIN XOAUTH2\nDSN\nENHANCEDSTATUSCODES\nPIPELINING\nSIZE 10240000\nSMTPUTF8',
    reason: offers,
  },
  { dialogue: 'before auth', step: 'mail', real: '250 2.1.0', ours: '530 5.7.1', reason: authFirst },
  { dialogue: 'before auth', step: 'rcpt', real: '554 5.7.1', ours: '530 5.7.1', reason: authFirst },
  { dialogue: 'before auth', step: 'data', real: '554 5.5.1', ours: '530 5.7.1', reason: authFirst },
  {
    dialogue: 'signing in',
    step: 'no base64',
    real: '535 5.7.8',
    ours: '501 5.5.4',
    reason:
      'RFC 4954 4 wants 501 for a response that is no base64; Postfix passes on what Dovecot says, a failure.',
  },
  {
    dialogue: 'signing in',
    step: 'no mechanism',
    real: '501 5.5.4',
    ours: '535 5.7.8',
    reason:
      'AUTH alone is a syntax error to Postfix; the simulator takes it for a mechanism it does not know. Permanent to both.',
  },
  {
    dialogue: 'signing in',
    step: 'login cancelled',
    real: '501 5.7.0',
    ours: '501 5.5.4',
    reason: 'RFC 4954 4 fixes 501 for a cancelled exchange and no enhanced code.',
  },
  {
    dialogue: 'sending',
    step: 'data without rcpt',
    real: '554 5.5.1',
    ours: '503 5.5.1',
    reason: 'RFC 5321 3.3 allows 503 and 554; Postfix says "no valid recipients" also when there was none.',
  },
  {
    dialogue: 'sending',
    step: 'rcpt without brackets',
    real: '250 2.1.5',
    ours: '501 5.1.3',
    reason:
      'Postfix is lenient here unless strict_rfc821_envelopes is set; the simulator holds to RFC 5321 4.1.1.3.',
  },
  {
    dialogue: 'extensions',
    step: 'unknown body',
    real: '555 5.5.4',
    ours: '501 5.5.4',
    reason: 'RFC 1652 fixes no code for an unknown BODY value; permanent to both, with one enhanced code.',
  },
];
