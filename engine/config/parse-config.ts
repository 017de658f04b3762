import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { checkedSettings } from '../checked-settings.ts';
import type { EmailServerProfile, ServerLocation } from '../records/email-server-profile.ts';
import type { CredentialRef, Mailbox, TokenGrant } from '../records/mailbox.ts';
import type { Settings } from '../records/settings.ts';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import { type ConfigFile, configSchema } from './config-schema.ts';

/** Reads what a PEM file holds; given by the caller, so that this file reads nothing itself. */
export type ReadPem = (path: string) => string;

/** Checks the text of a configuration file; every fault is one sentence that begins with `file:line:column`. */
export function parseConfig(text: string, file: string, readPem: ReadPem): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (path: readonly PropertyKey[]) => `${file}${position(document, lines, path)}`;
  const broken = document.errors[0];
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new ConfigError(`${file}:${line}:${col}: this is not YAML: ${broken.message}`);
  }
  if (!isMap(document.contents))
    throw new ConfigError(`${file}: the configuration must be a mapping with profiles and mailboxes`);
  const parsed = v.safeParse(configSchema, value(document, file), { abortPipeEarly: true });
  if (!parsed.success) {
    // A misspelt key is also a missing one; the spelling is what helps.
    const issue = parsed.issues.find(isUnknownKey) ?? parsed.issues[0];
    const path = (issue.path ?? []).map((item) => item.key as PropertyKey); // keys of objects and records only
    throw new ConfigError(`${place(path)}: ${path.join('.')} ${complaint(issue)}`);
  }
  return assemble(parsed.output, file, readPem, (path, message) => {
    throw new ConfigError(`${place(path)}: ${path.join('.')} ${message}`);
  });
}

/** The document as plain data; too many aliases are refused here, before they grow. */
function value(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new ConfigError(`${file}: this cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** `:line:column` of the node at `path`, or of its nearest ancestor that stands in the file. */
function position(document: Document.Parsed, lines: LineCounter, path: readonly PropertyKey[]): string {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const pair = isMap(parent)
      ? parent.items.find((item) => (isScalar(item.key) ? item.key.value : item.key) === path[length - 1])
      : undefined;
    const range = isScalar(pair?.key) ? pair.key.range : undefined;
    if (range) {
      const { line, col } = lines.linePos(range[0]);
      return `:${line}:${col}`;
    }
  }
  return '';
}

function complaint(issue: v.BaseIssue<unknown>): string {
  if (issue.type !== 'strict_object') return issue.message;
  if (isUnknownKey(issue)) return 'is not known here; is it misspelt, or one level too deep?';
  return issue.received === 'undefined' ? 'is missing' : issue.message;
}

function isUnknownKey(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never';
}

type LocationInput = Extract<ConfigFile['profiles'][string], { serverType: 'pop3-smtp' }>['incoming'];

type Refuse = (path: readonly string[], message: string) => never;

function assemble(input: ConfigFile, file: string, readPem: ReadPem, refuse: Refuse): Config {
  const base = dirname(resolve(file));
  const locate = (
    id: string,
    side: 'incoming' | 'outgoing',
    { host, port, security, ca, allowInvalidCertificate }: LocationInput,
    ports: Readonly<Record<ServerLocation['security'], number>>,
  ): ServerLocation => {
    return {
      host,
      port: port ?? ports[security],
      security,
      ca:
        ca === undefined ? undefined : pem(resolve(base, ca), readPem, ['profiles', id, side, 'ca'], refuse),
      allowInvalidCertificate,
    };
  };
  const profiles = Object.entries(input.profiles).map(([id, one]): EmailServerProfile => {
    const named = { id, name: one.name ?? id };
    if (one.serverType === 'exchange-graph') {
      const { ca } = one.graph;
      const at = ['profiles', id, 'graph', 'ca'];
      const authorities = ca === undefined ? undefined : pem(resolve(base, ca), readPem, at, refuse);
      return { ...one, ...named, graph: { ...one.graph, ca: authorities } };
    }
    return {
      ...one,
      ...named,
      incoming: locate(id, 'incoming', one.incoming, defaultPorts[one.serverType]),
      outgoing: locate(id, 'outgoing', one.outgoing, defaultPorts.smtp),
    };
  });
  const tokenGrant = (id: string, { ca, ...grant }: TokenGrant): TokenGrant => {
    if (ca === undefined) return grant;
    return { ...grant, ca: pem(resolve(base, ca), readPem, ['mailboxes', id, 'oauth', 'ca'], refuse) };
  };
  const mailboxes = Object.entries(input.mailboxes).map(([id, one]): Mailbox => {
    if (!Object.hasOwn(input.profiles, one.profile))
      refuse(
        ['mailboxes', id, 'profile'],
        `names no profile of this file; there are ${Object.keys(input.profiles).join(', ')}`,
      );
    const exchange = input.profiles[one.profile]?.serverType === 'exchange-graph';
    if (one.mechanism !== undefined && graphMechanisms.includes(one.mechanism) !== exchange)
      refuse(
        ['mailboxes', id, 'mechanism'],
        `cannot sign in at profile ${one.profile}; it takes ${exchange ? graphMechanisms.join(', ') : 'password, apop, plain, login, xoauth2, oauthbearer'}`,
      );
    if (one.mechanism === 'apop' && input.profiles[one.profile]?.serverType === 'imap-smtp')
      refuse(['mailboxes', id, 'mechanism'], `cannot sign in at profile ${one.profile}; apop is for POP3`);
    if (one.oauth !== undefined && one.mechanism !== 'xoauth2' && one.mechanism !== 'oauthbearer')
      refuse(['mailboxes', id, 'oauth'], 'is for mechanism xoauth2 or oauthbearer');
    if (one.synchronizeFlags === true) {
      const at = ['mailboxes', id, 'synchronizeFlags'];
      if (input.profiles[one.profile]?.serverType !== 'imap-smtp')
        refuse(at, `cannot be true with profile ${one.profile}; only profiles of type imap-smtp have flags`);
      if (one.processAndDeleteEmails)
        refuse(at, 'cannot be true with processAndDeleteEmails; what is deleted has no flags');
    }
    const credential: CredentialRef = {
      username: one.username ?? one.emailAddress,
      secret: one.secret,
      mechanism: one.mechanism ?? (exchange ? 'client-secret' : 'password'),
      ...(one.oauth === undefined ? {} : { oauth: tokenGrant(id, one.oauth) }),
    };
    return {
      id,
      name: one.name ?? id,
      emailAddress: one.emailAddress,
      emailServerProfileId: one.profile,
      credential,
      enabledForIncomingEmail: one.incoming,
      enabledForOutgoingEmail: one.outgoing,
      processEmailReceivedAfter: one.processEmailReceivedAfter,
      processAndDeleteEmails: one.processAndDeleteEmails,
      ...(one.saveSentCopy !== undefined && { saveSentCopy: one.saveSentCopy }),
      ...(one.synchronizeFlags !== undefined && { synchronizeFlags: one.synchronizeFlags }),
    };
  });
  return {
    file,
    store: resolve(base, input.store),
    profiles,
    mailboxes,
    settings: settings(input, refuse),
  };
}

/** Settings that are good each, and good together. */
function settings(input: ConfigFile, refuse: Refuse): Settings {
  try {
    return checkedSettings(input.settings);
  } catch (error) {
    return refuse(['settings'], `do not go together: ${error instanceof Error ? error.message : error}`);
  }
}

const graphMechanisms: readonly string[] = ['client-secret', 'client-certificate', 'refresh-token'];

/** IANA's service names: pop3s, pop3; imaps, imap; submissions (RFC 8314), submission. */
const defaultPorts = {
  'pop3-smtp': { tls: 995, starttls: 110, none: 110 },
  'imap-smtp': { tls: 993, starttls: 143, none: 143 },
  smtp: { tls: 465, starttls: 587, none: 587 },
} as const;

function pem(path: string, readPem: ReadPem, at: readonly string[], refuse: Refuse): string {
  let text = '';
  try {
    text = readPem(path);
  } catch {
    refuse(at, `names ${path}, which cannot be read`);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    refuse(at, `names ${path}, which holds no PEM certificate`);
  return text;
}
