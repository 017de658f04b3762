import { describe, expect, test } from 'vitest';
import { defaultSettings } from '../records/settings.ts';
import { ConfigError } from './config-error.ts';
import { parseConfig } from './parse-config.ts';

// Policy: a configuration is taken whole or refused with one sentence that names file, line and column, says what
// to do, and never repeats a value that could be a secret.

const good = `# who is synchronized
profiles:
  example:
    incoming: { host: pop.example.com }
    outgoing: { host: smtp.example.com, security: starttls }
mailboxes:
  anna:
    emailAddress: anna@example.com
    profile: example
    secret: env:ANNA
`;
const exchange = `profiles:
  online:
    serverType: exchange-graph
    graph: { authority: "https://login.microsoftonline.com/contoso", clientId: app, ca: ca.pem }
mailboxes:
  anna:
    emailAddress: anna@example.com
    profile: online
    secret: env:APP
`;
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

const read = (text: string, readPem: (path: string) => string = () => pem) =>
  parseConfig(text, '/etc/mail/mailclock.yaml', readPem);

function refusal(text: string, readPem?: (path: string) => string): string {
  try {
    read(text, readPem);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message; // asserted in the line above
  }
  throw new Error('it was taken');
}

describe('what is taken', () => {
  test('defaults: TLS, the registered ports, the documented settings', () => {
    const config = read(good);
    expect(config.store).toBe('/etc/mail/mailclock.sqlite');
    expect(config.settings).toEqual(defaultSettings);
    expect(config.profiles[0]).toMatchObject({
      id: 'example',
      maxConcurrentConnections: 10,
      incoming: { host: 'pop.example.com', port: 995, security: 'tls' },
      outgoing: { host: 'smtp.example.com', port: 587, security: 'starttls' },
    });
    expect(config.profiles[0]).not.toHaveProperty('incoming.allowInvalidCertificate', expect.anything());
    expect(config.mailboxes[0]).toMatchObject({
      id: 'anna',
      credential: { username: 'anna@example.com', secret: 'env:ANNA', mechanism: 'password' },
      enabledForIncomingEmail: true,
      enabledForOutgoingEmail: true,
      processAndDeleteEmails: false,
    });
  });

  test('whether a mailbox wants copies of what it sends, where it says so', () => {
    expect(read(good).mailboxes[0]).not.toHaveProperty('saveSentCopy');
    const without = read(good.replace('emailAddress:', 'saveSentCopy: false\n    emailAddress:'));
    expect(without.mailboxes[0]?.saveSentCopy).toBe(false);
  });

  test('whether a mailbox shares its flags, where its server can', () => {
    expect(read(good).mailboxes[0]).not.toHaveProperty('synchronizeFlags');
    const imap = good.replace('incoming:', 'serverType: imap-smtp\n    incoming:');
    const shared = imap.replace('emailAddress:', 'synchronizeFlags: true\n    emailAddress:');
    expect(read(shared).mailboxes[0]?.synchronizeFlags).toBe(true);
    expect(() => read(shared.replace('imap-smtp', 'pop3-smtp'))).toThrow(
      'synchronizeFlags cannot be true with profile',
    );
    const deleting = shared.replace('emailAddress:', 'processAndDeleteEmails: true\n    emailAddress:');
    expect(() => read(deleting)).toThrow('synchronizeFlags cannot be true with processAndDeleteEmails');
  });

  test('a profile of Exchange Online, and how its mailboxes get tokens', () => {
    const config = read(exchange);
    expect(config.profiles[0]).toEqual({
      id: 'online',
      name: 'online',
      serverType: 'exchange-graph',
      graph: {
        baseUrl: 'https://graph.microsoft.com/v1.0',
        authority: 'https://login.microsoftonline.com/contoso',
        clientId: 'app',
        ca: pem,
      },
      processEmailsReceivedAfter: 0,
      maxConcurrentConnections: 10,
      minPollingIntervalInMinutes: 0,
      timeoutMailboxConnectionAfterMs: 100_000,
    });
    expect(config.mailboxes[0]!.credential).toEqual({
      username: 'anna@example.com',
      secret: 'env:APP',
      mechanism: 'client-secret',
    });
    expect(read(`${exchange}    mechanism: refresh-token\n`).mailboxes[0]!.credential.mechanism).toBe(
      'refresh-token',
    );
  });

  test('how a POP3 and SMTP mailbox gets its tokens', () => {
    const oauth =
      'oauth: { authority: "https://login.test/t", clientId: app, grant: refresh-token, ca: ca.pem }';
    expect(read(`${good}    mechanism: xoauth2\n    ${oauth}\n`).mailboxes[0]!.credential).toMatchObject({
      mechanism: 'xoauth2',
      oauth: { authority: 'https://login.test/t', clientId: 'app', grant: 'refresh-token', ca: pem },
    });
  });

  test('an authority is read from a path beside the file', () => {
    const paths: string[] = [];
    const config = read(
      good.replace('host: pop.example.com', 'host: pop.example.com, ca: tls/ca.pem'),
      (path) => {
        paths.push(path);
        return pem;
      },
    );
    expect(paths).toEqual(['/etc/mail/tls/ca.pem']);
    expect(config.profiles[0]).toMatchObject({ incoming: { ca: pem } });
  });

  test('an instant becomes milliseconds, a setting replaces its default alone', () => {
    const config = read(
      `${good}    processEmailReceivedAfter: 2026-01-31T00:00:00Z\nsettings:\n  incomingWindowMs: 1000\n`,
    );
    expect(config.mailboxes[0]!.processEmailReceivedAfter).toBe(Date.UTC(2026, 0, 31));
    expect(config.settings).toEqual({ ...defaultSettings, incomingWindowMs: 1000 });
  });
});

describe('what is refused, and how', () => {
  const cases: readonly [what: string, text: string, sentence: RegExp][] = [
    [
      'nothing at all',
      '',
      /mailclock\.yaml: the configuration must be a mapping with profiles and mailboxes$/,
    ],
    ['a list', '- a\n', /: the configuration must be a mapping with profiles and mailboxes$/],
    ['no YAML', 'profiles: [', /mailclock\.yaml:1:12: this is not YAML: /],
    ['a key twice', `${good}mailboxes: {}\n`, /:11:1: this is not YAML: Map keys must be unique/],
    ['no mailboxes', good.replace(/mailboxes:[\s\S]*/, ''), /: mailboxes is missing$/],
    [
      'an empty list',
      good.replace(/mailboxes:[\s\S]*/, 'mailboxes: {}\n'),
      /:6:1: mailboxes must name at least one/,
    ],
    [
      'an unknown key',
      good.replace('profile: example', 'profil: example'),
      /:9:5: mailboxes\.anna\.profil is not known here/,
    ],
    [
      'an unknown setting',
      `${good}settings:\n  incomingWindow: 5\n`,
      /:12:3: settings\.incomingWindow is not known here/,
    ],
    [
      'a missing key',
      good.replace('    emailAddress: anna@example.com\n', ''),
      /:7:3: mailboxes\.anna\.emailAddress is missing$/,
    ],
    [
      'a profile that is not there',
      good.replace('profile: example', 'profile: exempel'),
      /:9:5: mailboxes\.anna\.profile names no profile of this file; there are example$/,
    ],
    [
      'a port that is none',
      good.replace('host: pop.example.com', 'host: a, port: 99999'),
      /:4:26: profiles\.example\.incoming\.port must be a whole number from 1 to 65535$/,
    ],
    [
      'a wrong kind of security',
      good.replace('starttls', 'ssl'),
      /profiles\.example\.outgoing\.security must be tls, starttls or none$/,
    ],
    [
      'a share above one',
      `${good}settings: { outageShare: 2 }\n`,
      /settings\.outageShare must be a number from 0 to 1$/,
    ],
    [
      'settings that contradict each other',
      `${good}settings: { leaseMs: 1000 }\n`,
      /:11:1: settings do not go together: The setting leaseMs is 1000/,
    ],
    [
      'too large a batch',
      `${good}settings: { backgroundSendBatchSize: 256 }\n`,
      /must be a whole number from 1 to 255$/,
    ],
    [
      'a date without zone',
      `${good}    processEmailReceivedAfter: 2026-01-31\n`,
      /must be an instant such as 2026-01-31T00:00:00Z/,
    ],
    [
      'no address',
      good.replace('anna@example.com', 'anna'),
      /emailAddress must be an address such as anna@example\.com$/,
    ],
    ['an id with a space', good.replace('anna:', '"an na":'), /mailboxes\.an na must be named with letters/],
    [
      'a mailbox that is a word',
      good.replace(/anna:[\s\S]*/, 'anna: hunter2\n'),
      /:7:3: mailboxes\.anna must be a mapping with emailAddress/,
    ],
  ];

  test.each(cases)('%s', (_, text, sentence) => {
    const message = refusal(text);
    expect(message).toMatch(sentence);
    expect(message).toMatch(/^\/etc\/mail\/mailclock\.yaml/);
    expect(message).not.toContain('\n');
  });

  test.each(['hunter2', '"env:"', 'file:relative', '{ env: hunter2 }', '12345678'])(
    'a secret %s',
    (secret) => {
      const message = refusal(good.replace('env:ANNA', secret));
      expect(message).toMatch(/:10:5: mailboxes\.anna\.secret must be env:NAME or file:\/path/);
      expect(message).not.toMatch(/hunter2|12345678/);
    },
  );

  test('an authority that cannot be read, or is none', () => {
    const text = good.replace('host: pop.example.com', 'host: a, ca: ca.pem');
    const failing = () => {
      throw new Error('ENOENT');
    };
    expect(refusal(text, failing)).toMatch(
      /:4:26: profiles\.example\.incoming\.ca names \/etc\/mail\/ca\.pem, which cannot be read$/,
    );
    expect(refusal(text, () => 'hello')).toMatch(/which holds no PEM certificate$/);
  });

  test('aliases that grow without end', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'
        .split('')
        .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`),
    ];
    expect(refusal(bomb.join('\n'))).toMatch(/this cannot be read: Excessive alias count/);
  });
});

describe('of a token grant', () => {
  test('what is of no use to the mechanism, or no grant, is refused', () => {
    const oauth = 'oauth: { authority: "https://login.test/t", clientId: app, grant: refresh-token }';
    expect(refusal(`${good}    ${oauth}\n`)).toMatch(/mailboxes\.anna\.oauth is for mechanism xoauth2/);
    expect(
      refusal(`${good}    mechanism: xoauth2\n    ${oauth.replace('refresh-token', 'password')}\n`),
    ).toMatch(/oauth\.grant must be client-secret, client-certificate or refresh-token/);
  });
});

describe('of an Exchange profile', () => {
  test('what is missing, misspelt or of another type of server is refused', () => {
    expect(refusal(exchange.replace('clientId: app, ', ''))).toMatch(
      /:4:5: profiles\.online\.graph\.clientId is missing$/,
    );
    expect(refusal(exchange.replace('https://login', 'http://login'))).toMatch(/graph\.authority must be an/);
    expect(refusal(exchange.replace('exchange-graph', 'pop3-smtp'))).toMatch(/profiles\.online\.serverType/);
    expect(refusal(`${exchange}    mechanism: password\n`)).toMatch(
      /:10:5: mailboxes\.anna\.mechanism cannot sign in at profile online/,
    );
    expect(refusal(`${good}    mechanism: client-secret\n`)).toMatch(/cannot sign in at profile example/);
  });
});

describe('of an IMAP profile', () => {
  const imap = good.replace('    incoming:', '    serverType: imap-smtp\n    incoming:');

  test('the server of incoming mail is at the ports of IMAP', () => {
    const [profile] = read(imap).profiles;
    expect(profile).toMatchObject({
      serverType: 'imap-smtp',
      incoming: { host: 'pop.example.com', port: 993, security: 'tls' },
      outgoing: { port: 587 },
    });
    const [plain] = read(imap.replace('pop.example.com', 'pop.example.com, security: starttls')).profiles;
    expect(plain).toMatchObject({ incoming: { port: 143 } });
  });

  test('hints are kept, and apop is refused', () => {
    const hints = '    hints: true\n    incoming:';
    expect(read(imap.replace('    incoming:', hints)).profiles[0]).toMatchObject({ hints: true });
    expect(refusal(good.replace('    incoming:', hints))).toMatch(/hints is not known/);
    expect(refusal(`${imap}    mechanism: apop\n`)).toMatch(/apop is for POP3$/);
  });
});
