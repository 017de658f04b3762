import * as v from 'valibot';
import { settingsSchema } from './settings-schema.ts';

const text = (what: string) =>
  v.pipe(
    v.string(`must be ${what}`),
    v.nonEmpty(`must be ${what}, not empty`),
    v.regex(/^[^\r\n\0]*$/, 'must be one line'),
  );

const wholeNumber = (atLeast: number, atMost: number) => {
  const message = `must be a whole number from ${atLeast} to ${atMost}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(atLeast, message),
    v.maxValue(atMost, message),
  );
};

const yesOrNo = v.boolean('must be true or false');

const instantMessage = 'must be an instant such as 2026-01-31T00:00:00Z, or 0 for all mail';
/** An instant with its zone, or 0 for "all mail"; given in milliseconds since the epoch. */
const instant = v.pipe(
  v.union([v.literal(0), v.pipe(v.string(), v.isoTimestamp(instantMessage))], instantMessage),
  v.transform((value) => (value === 0 ? 0 : Date.parse(value))),
);

const location = v.strictObject(
  {
    host: text('the name or address of a server'),
    port: v.optional(wholeNumber(1, 65_535)),
    security: v.optional(v.picklist(['tls', 'starttls', 'none'], 'must be tls, starttls or none'), 'tls'),
    ca: v.optional(text('the path of a PEM file with certificate authorities')),
    allowInvalidCertificate: v.optional(yesOrNo),
  },
  'must be a mapping with host, port and security',
);

const httpsUrl = (what: string) =>
  v.pipe(text(what), v.regex(/^https:\/\/[^\s?#]+[^\s?#/]$/, `must be ${what}, without a slash at the end`));

const graph = v.strictObject(
  {
    baseUrl: v.optional(
      httpsUrl('an address such as https://graph.microsoft.com/v1.0'),
      'https://graph.microsoft.com/v1.0',
    ),
    authority: httpsUrl('an address such as https://login.microsoftonline.com/<tenant>'),
    clientId: text('the application (client) id of the registration'),
    ca: v.optional(text('the path of a PEM file with certificate authorities')),
    allowInvalidCertificate: v.optional(yesOrNo),
  },
  'must be a mapping with authority and clientId',
);

const profileOptions = {
  name: v.optional(text('a name')),
  processEmailsReceivedAfter: v.optional(instant, 0),
  maxConcurrentConnections: v.optional(wholeNumber(1, 300), 10),
  minPollingIntervalInMinutes: v.optional(wholeNumber(0, 1440), 0),
  timeoutMailboxConnectionAfterMs: v.optional(wholeNumber(1, 100_000), 100_000),
};

const pop3SmtpProfile = v.strictObject(
  {
    serverType: v.optional(v.literal('pop3-smtp'), 'pop3-smtp'),
    incoming: location,
    outgoing: location,
    ...profileOptions,
  },
  'must be a mapping with incoming and outgoing',
);

const imapSmtpProfile = v.strictObject(
  {
    serverType: v.literal('imap-smtp'),
    incoming: location,
    outgoing: location,
    hints: v.optional(yesOrNo),
    ...profileOptions,
  },
  'must be a mapping with serverType, incoming and outgoing',
);

const exchangeProfile = v.strictObject(
  { serverType: v.literal('exchange-graph'), graph, ...profileOptions },
  'must be a mapping with serverType and graph',
);

/** What has a `graph` or says so is of Exchange; faults are told in the terms of that type. */
const profile = v.lazy((input) => {
  if (isExchange(input)) return exchangeProfile;
  return saysType(input, 'imap-smtp') ? imapSmtpProfile : pop3SmtpProfile;
});

function isExchange(input: unknown): boolean {
  if (typeof input !== 'object' || input === null) return false;
  return 'graph' in input || saysType(input, 'exchange-graph');
}

function saysType(input: unknown, type: string): boolean {
  return typeof input === 'object' && input !== null && 'serverType' in input && input.serverType === type;
}

/** Where a secret is, never the secret: what stands in the file would end in backups and repositories. */
const secretReference = v.pipe(
  v.string('must be env:NAME or file:/path; a secret never stands in this file'),
  v.regex(
    /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:\/[^\r\n\0]+)$/,
    'must be env:NAME or file:/path; a secret never stands in this file',
  ),
);

const address = v.pipe(
  v.string('must be an address such as anna@example.com'),
  v.regex(/^[^\s@<>"\0]+@[^\s@<>"\0]+$/, 'must be an address such as anna@example.com'),
);

const tokenGrant = v.strictObject(
  {
    authority: httpsUrl('an address such as https://login.microsoftonline.com/<tenant>'),
    clientId: text('the application (client) id of the registration'),
    grant: v.picklist(
      ['client-secret', 'client-certificate', 'refresh-token'],
      'must be client-secret, client-certificate or refresh-token',
    ),
    resource: v.optional(httpsUrl('an address such as https://outlook.office365.com')),
    ca: v.optional(text('the path of a PEM file with certificate authorities')),
  },
  'must be a mapping with authority, clientId and grant',
);

const mailbox = v.strictObject(
  {
    name: v.optional(text('a name')),
    emailAddress: address,
    profile: text('the name of a profile above'),
    username: v.optional(text('the name to sign in with')),
    secret: secretReference,
    mechanism: v.optional(
      v.picklist(
        [
          'password',
          'apop',
          'plain',
          'login',
          'xoauth2',
          'oauthbearer',
          'client-secret',
          'client-certificate',
          'refresh-token',
        ],
        'must be password, apop, plain, login, xoauth2, oauthbearer, client-secret, client-certificate or refresh-token',
      ),
    ),
    oauth: v.optional(tokenGrant),
    incoming: v.optional(yesOrNo, true),
    outgoing: v.optional(yesOrNo, true),
    processEmailReceivedAfter: v.optional(instant, 0),
    processAndDeleteEmails: v.optional(yesOrNo, false),
    saveSentCopy: v.optional(yesOrNo),
    synchronizeFlags: v.optional(yesOrNo),
  },
  'must be a mapping with emailAddress, profile and secret',
);

const named = <Entry extends v.GenericSchema>(what: string, entry: Entry) =>
  v.pipe(
    v.record(
      v.pipe(
        v.string(),
        v.regex(/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/, `must be named with letters, digits and . _ @ + -`),
      ),
      entry,
      `must be a mapping of ${what} by name`,
    ),
    v.check((entries) => Object.keys(entries).length > 0, `must name at least one of the ${what}`),
  );

/** The shape of `mailclock.yaml`; names are those of the records they fill. */
export const configSchema = v.strictObject(
  {
    store: v.optional(text('the path of the SQLite file'), 'mailclock.sqlite'),
    settings: v.optional(settingsSchema, {}),
    profiles: named('email server profiles', profile),
    mailboxes: named('mailboxes', mailbox),
  },
  'must be a mapping with profiles and mailboxes',
);

export type ConfigFile = v.InferOutput<typeof configSchema>;
