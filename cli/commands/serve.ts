import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../scenarios/input-error.ts';
import { wholeNumber } from '../parse-options.ts';

interface Options {
  readonly profile: string;
  readonly domain: string;
  readonly mailboxes: number;
  readonly mailboxFile?: string;
  readonly messages?: string;
  readonly rules?: string;
  readonly pop3Port: number;
  readonly pop3sPort: number;
  readonly smtpPort: number;
  readonly smtpsPort: number;
  readonly imapPort: number;
  readonly imapsPort: number;
  readonly graphPort: number;
  readonly loginPort: number;
  readonly clock: 'real' | 'stepped' | { readonly factor: number };
  readonly seed: number;
}

/** `mailclock serve`: a simulated provider on loopback TCP and TLS, for any client in any language. */
export function serveCommand(): Command {
  const port = wholeNumber(0, 65_535);
  return new Command('serve')
    .description('serve a simulated provider on loopback TCP and TLS')
    .addOption(new Option('--profile <name>', 'how the provider behaves').default('dovecot-postfix'))
    .addOption(new Option('--domain <domain>', 'domain of its mailboxes').default('mail.test'))
    .addOption(
      new Option('--mailboxes <n>', 'make up n mailboxes: user1@…, password secret1, …')
        .argParser(wholeNumber(1, 100_000))
        .default(1),
    )
    .addOption(new Option('--mailbox-file <file>', 'JSON: [{"address": "a@mail.test", "password": "…"}, …]'))
    .addOption(new Option('--messages <dir>', 'put every .eml file of this folder into every mailbox'))
    .addOption(new Option('--rules <file>', 'JSON: an array of fault rules'))
    .addOption(
      new Option('--pop3-port <n>', 'POP3, with STLS where the profile has it; 0 is any free port')
        .argParser(port)
        .default(0),
    )
    .addOption(new Option('--pop3s-port <n>', 'POP3 over TLS; 0 is any free port').argParser(port).default(0))
    .addOption(
      new Option('--smtp-port <n>', 'SMTP submission, with STARTTLS; 0 is any free port')
        .argParser(port)
        .default(0),
    )
    .addOption(
      new Option('--smtps-port <n>', 'SMTP submission over TLS; 0 is any free port')
        .argParser(port)
        .default(0),
    )
    .addOption(
      new Option('--imap-port <n>', 'IMAP, with STARTTLS; 0 is any free port').argParser(port).default(0),
    )
    .addOption(new Option('--imaps-port <n>', 'IMAP over TLS; 0 is any free port').argParser(port).default(0))
    .addOption(
      new Option(
        '--graph-port <n>',
        'Microsoft Graph over HTTPS, where the profile has it; 0 is any free port',
      )
        .argParser(port)
        .default(0),
    )
    .addOption(
      new Option('--login-port <n>', 'its identity platform over HTTPS; 0 is any free port')
        .argParser(port)
        .default(0),
    )
    .addOption(
      new Option(
        '--clock <kind>',
        'real, scaled:<factor>, or stepped (lines "advance <ms>" on standard input)',
      )
        .argParser(clockKind)
        .default('real'),
    )
    .addOption(
      new Option('--seed <n>', 'what rules with a chance draw from')
        .argParser(wholeNumber(0, 0xffff_ffff))
        .default(1),
    )
    .addHelpText(
      'after',
      '\nPrints one line of JSON when ready: endpoints, the file of the certificate authority, mailboxes, apps.\nEnds on SIGTERM or SIGINT.',
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { serve } = await import('../../simulators/serve/serve.ts');
  const { loadProfile } = await import('../../simulators/profiles/index.ts');
  const { createRealClock } = await import('../../simulators/clock/real-clock.ts');
  const { SteppedClock } = await import('../../simulators/clock/stepped-clock.ts');
  const { parseRules } = await import('../../simulators/rules/parse-rules.ts');
  const real = createRealClock();
  const stepped = options.clock === 'stepped' ? new SteppedClock(real.now()) : undefined;
  const clock = stepped ?? (typeof options.clock === 'object' ? createRealClock(options.clock.factor) : real);
  const mailboxes =
    options.mailboxFile === undefined
      ? madeUp(options)
      : await readMailboxes(options.mailboxFile, options.domain);
  const rules = options.rules === undefined ? [] : await readJson(options.rules);
  const messages = options.messages === undefined ? [] : await readMessages(options.messages);
  const serving = await openServers(options, () =>
    serve({
      profile: loadProfile(options.profile),
      domain: options.domain,
      mailboxes,
      messages,
      rules: parseRules(rules),
      ports: {
        pop3: options.pop3Port,
        pop3s: options.pop3sPort,
        smtp: options.smtpPort,
        smtps: options.smtpsPort,
        imap: options.imapPort,
        imaps: options.imapsPort,
        graph: options.graphPort,
        login: options.loginPort,
      },
      clock,
      trace: { emit: () => {}, subscribe: () => () => {} },
      seed: options.seed,
    }),
  );
  const directory = await mkdtemp(join(tmpdir(), 'mailclock-'));
  const caFile = join(directory, 'ca.pem');
  await writeFile(caFile, serving.ca);
  const { endpoints, apps } = serving;
  const ready = {
    ...{ ready: true, profile: options.profile, endpoints, caFile, mailboxes },
    // Only a provider with an identity platform has any.
    ...(apps.length > 0 && { apps }),
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  if (stepped !== undefined) listenForSteps(stepped);
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  await serving.close();
  await rm(directory, { recursive: true, force: true });
  process.stdin.destroy();
}

/** What keeps servers from opening is in what was typed or in a file that was given; told with its place. */
async function openServers<T>(options: Options, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code: unknown = Reflect.get(error, 'code');
    if (code === 'bad-rules') throw new InputError(`${options.rules}: ${error.message}`);
    if (code === 'EADDRINUSE' || code === 'EACCES') {
      const why = code === 'EACCES' ? 'may not be opened' : 'is in use';
      throw new InputError(
        `Port ${Reflect.get(error, 'port')} ${why}: choose another, or 0 for any that is free.`,
      );
    }
    // Profiles, mailboxes and rules are refused with a plain Error; anything else is a fault of ours.
    throw error.name === 'Error' ? new InputError(error.message) : error;
  }
}

function madeUp(options: Options): { address: string; password: string }[] {
  return Array.from({ length: options.mailboxes }, (_, n) => ({
    address: `user${n + 1}@${options.domain}`,
    password: `secret${n + 1}`,
  }));
}

async function readMailboxes(file: string, domain: string): Promise<{ address: string; password: string }[]> {
  const list = await readJson(file);
  const isMailbox = (one: unknown): one is { address: string; password: string } =>
    typeof one === 'object' &&
    one !== null &&
    typeof Reflect.get(one, 'address') === 'string' &&
    typeof Reflect.get(one, 'password') === 'string';
  if (!Array.isArray(list) || list.length === 0 || !list.every(isMailbox)) {
    throw new InputError(`${file} must hold a JSON array of {"address", "password"} objects, at least one.`);
  }
  const stranger = list.find(({ address }) => !address.toLowerCase().endsWith(`@${domain.toLowerCase()}`));
  if (stranger !== undefined) {
    throw new InputError(
      `${file} has "${stranger.address}", which is not of ${domain}: set --domain to theirs.`,
    );
  }
  return list;
}

async function readMessages(directory: string): Promise<Buffer[]> {
  const names = await readdir(directory).catch(() => {
    throw new InputError(`--messages ${directory} is not a folder that can be read.`);
  });
  const messages = names.filter((name) => name.endsWith('.eml')).sort();
  if (messages.length === 0) throw new InputError(`--messages ${directory} holds no .eml file.`);
  return Promise.all(messages.map((name) => readFile(join(directory, name))));
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new InputError(`${file} cannot be read.`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file} is not JSON: ${error instanceof Error ? error.message : error}.`);
  }
}

function listenForSteps(clock: { advance(byMs: number): Promise<void>; now(): number }): void {
  let last = Promise.resolve();
  createInterface({ input: process.stdin }).on('line', (line) => {
    const byMs = Number(/^advance (\d{1,12})$/.exec(line.trim())?.[1]);
    if (Number.isNaN(byMs)) {
      process.stderr.write(`mailclock: "${line}" is not understood: write "advance <milliseconds>".\n`);
      return;
    }
    last = last.then(async () => {
      await clock.advance(byMs);
      process.stdout.write(`${JSON.stringify({ now: clock.now() })}\n`);
    });
  });
}

function clockKind(text: string): Options['clock'] {
  if (text === 'real' || text === 'stepped') return text;
  const factor = Number(/^scaled:(\d+(?:\.\d+)?)$/.exec(text)?.[1]);
  if (!(factor > 0))
    throw new InvalidArgumentError('It must be real, stepped, or scaled:<factor>, such as scaled:60.');
  return { factor };
}
