import { isDeepStrictEqual } from 'node:util';
import type {
  BreachDefinition,
  Confidence,
  LimiterDefinition,
  Window,
} from '../../simulators/limits/limiter.ts';
import { commonFaults } from '../../simulators/profiles/common-faults.ts';
import { loadProfile, profileNames } from '../../simulators/profiles/index.ts';
import type { CannedFault, ProviderProfile, Sourced } from '../../simulators/profiles/profile.ts';
import type { Action } from '../../simulators/rules/rule.ts';

const sureness: Readonly<Record<Confidence, string>> = {
  D: 'documented',
  'D-src': "server's source",
  'D-RFC': 'standard',
  R: 'reported',
  I: 'inferred',
  ours: 'ours',
};

const introduction = `# Provider profiles

What each simulated provider does, and how we know. This page is written from the profiles by
\`npx vitest run test/docs -u\`, and a test keeps it so.

How sure a line is:

- **documented** by the provider; **server's source**: read in the code of the server; **standard**: an RFC says so
- **reported**: seen in an issue, a forum, or a client that met it
- **inferred** from something near by, or remembered: do not rely on it
- **ours**: nobody published it, and a simulator has to do something

Limits that are off wait for a scenario or \`withLimits\` to turn them on. \`documentedOnly(profile)\` leaves out everything
below *standard*. What is left out altogether: [decisions/provider-limits-left-out.md](decisions/provider-limits-left-out.md).`;

/** The page about all profiles, as Markdown. */
export function providersPage(): string {
  const profiles = profileNames.map(loadProfile);
  const overview = table(
    ['profile', 'provider', 'limits', 'documented', 'reported', 'inferred or ours'],
    profiles.map((profile) => {
      const of = (...wanted: Confidence[]): string =>
        String(profile.limits.filter(({ confidence }) => wanted.includes(confidence)).length);
      return [
        `[\`${profile.name}\`](#${profile.name})`,
        profile.title,
        String(profile.limits.length),
        of('D', 'D-src', 'D-RFC'),
        of('R'),
        of('I', 'ours'),
      ];
    }),
  );
  const any = `## Any provider\n\nEvery profile has these faults, ready to be used in a rule by their ids.\n\n${faultTable(commonFaults)}`;
  return `${[introduction, overview, ...profiles.map(section), any].join('\n\n')}\n`;
}

function section(profile: ProviderProfile, n: number, profiles: readonly ProviderProfile[]): string {
  const own = ownFaults(profile);
  const like = profiles.slice(0, n).find((other) => isDeepStrictEqual(ownFaults(other), own));
  const parts = [`## ${profile.name}`];
  if (profile.limits.length > 0) parts.push(`### Limits of ${profile.title}`, limitTable(profile.limits));
  if (own.length > 0)
    parts.push(
      `### Faults of ${profile.title}`,
      like === undefined ? faultTable(own) : `Those of [${like.title}](#faults-of-${anchor(like.title)}).`,
    );
  parts.push(`### Behaviour of ${profile.title}`, behaviourTable(profile));
  return parts.join('\n\n');
}

function ownFaults({ faults }: ProviderProfile): readonly CannedFault[] {
  return faults.filter((fault) => !commonFaults.includes(fault));
}

/** A heading as it is linked to. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

function limitTable(limits: readonly LimiterDefinition[]): string {
  return table(
    ['limit', 'number', 'window', 'for each', 'answer', 'how sure', 'source'],
    limits.map(({ id, limit, unit, window, key, breach, enabled, confidence, source, note }) => [
      `\`${id}\`${enabled === false ? ' (off)' : ''}`,
      `${limit.toLocaleString('en-US')} ${unitText(unit)}`,
      windowText(window),
      key.join(' and '),
      breachText(breach),
      sureness[confidence],
      note === undefined ? source : `${source}. ${note}`,
    ]),
  );
}

function faultTable(faults: readonly CannedFault[]): string {
  return table(
    ['fault', 'where', 'what', 'how sure', 'source'],
    faults.map(({ id, protocol, command, phase, what, confidence, source }) => [
      `\`${id}\``,
      `${protocol.toUpperCase()} ${command ?? ''} ${phase}`.replace('  ', ' '),
      actionText(what),
      sureness[confidence],
      source,
    ]),
  );
}

function behaviourTable({ pop3, smtp, imap, graph }: ProviderProfile): string {
  const rows = (protocol: string, of: { facts: Readonly<Record<string, Sourced>> } | undefined): string[][] =>
    Object.entries(of?.facts ?? {}).map(([name, { confidence, source }]) => [
      protocol,
      words(name.replace('replies.', 'reply: ')),
      valueText(of, name),
      sureness[confidence],
      source,
    ]);
  return table(
    ['protocol', 'behaviour', 'value', 'how sure', 'source'],
    [...rows('POP3', pop3), ...rows('SMTP', smtp), ...rows('IMAP', imap), ...rows('Graph', graph)],
  );
}

/** The value of a fact: a field of the profile, or one of its replies. */
function valueText(of: object | undefined, name: string): string {
  const replies: unknown = Reflect.get(of ?? {}, 'replies');
  const reply = name.replace('replies.', '');
  const value: unknown =
    valueAt(of, name) ??
    (typeof replies === 'object' && replies !== null ? Reflect.get(replies, reply) : undefined);
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value === 'number') {
    if (name.endsWith('Ms')) return time(value);
    return `${value.toLocaleString('en-US')}${name.endsWith('Bytes') ? ' bytes' : ''}`;
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object' && value !== null && 'p50Ms' in value && 'p99Ms' in value)
    return `half of them ${value.p50Ms} ms or less, 1 in 100 over ${value.p99Ms} ms`;
  return typeof value === 'string' ? code(value) : '';
}

/** `batch.maxParts` is a field of a field. */
function valueAt(of: object | undefined, name: string): unknown {
  return name
    .split('.')
    .reduce<unknown>(
      (value, field) => (typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined),
      of,
    );
}

function windowText(window: Window): string {
  switch (window.kind) {
    case 'fixed':
      return `fixed, ${time(window.periodMs)}`;
    case 'sliding':
      return `sliding, ${time(window.periodMs)}`;
    case 'token-bucket':
      return `token bucket, ${window.refillPerSecond.toLocaleString('en-US', { maximumFractionDigits: 4 })} a second`;
    case 'concurrency':
      return `at one time, once ${window.from}`;
    case 'per-request':
      return 'one request';
    case 'per-connection':
      return 'one connection';
    default:
      return never(window);
  }
}

function breachText(breach: BreachDefinition): string {
  switch (breach.action) {
    case 'reject':
      return `${code(breach.reply)}${breach.close ? ', then closes' : ''}`;
    case 'delay':
      return 'waits until there is room';
    case 'silent-close':
      return 'closes in silence';
    case 'close-after':
      return 'serves it, then closes';
    case 'ok-with-marker':
      return `serves it, marked ${code(breach.marker)}`;
    case 'login-ok-then-dead':
      return `sign-in works, then ${code(breach.reply)}`;
    case 'deferred-bounce':
      return `accepts it, then bounces: ${code(breach.reply)}`;
    default:
      return never(breach);
  }
}

function actionText(what: Action): string {
  if (what.kind === 'reply') return `${code(what.text)}${what.close ? ', then closes' : ''}`;
  const details = Object.entries(what).filter(([name]) => name !== 'kind');
  return `${what.kind}${details.map(([name, value]) => `, ${words(name)} ${value}`).join('')}`;
}

function time(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ] as const;
  const [size, unit] = units.find(([size]) => ms >= size && ms % size === 0) ?? [1, 'ms'];
  return `${ms / size} ${unit}`;
}

/** `idleTimeoutMs` as `idle timeout`: the unit stands beside the value. */
function words(name: string): string {
  return unitText(name.replace(/(Ms|Bytes)$/, ''));
}

/** `headerBytes` as `header bytes`. */
function unitText(unit: string): string {
  return unit.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).trim();
}

function code(text: string): string {
  return `\`${text.replaceAll('\n', ' ⏎ ')}\``;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function never(value: never): never {
  throw new TypeError(`There is no name for ${JSON.stringify(value)}.`);
}
