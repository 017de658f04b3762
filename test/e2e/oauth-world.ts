import { sleep } from '../../simulators/clock/clock.ts';
import type { OAuthService } from '../../simulators/oauth/oauth-service.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';
import type { Rule } from '../../simulators/rules/rule.ts';
import type { Life } from '../../simulators/world/life.ts';
import { createWorld, type World } from '../../simulators/world/world.ts';

/** A world with an identity platform, and a program in it. */
export interface OAuthWorld {
  readonly world: World;
  readonly life: Life;
  readonly service: OAuthService;
  /** The program's way to the web. */
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** Runs `main` as the program. */
  run<T>(main: () => Promise<T>): Promise<T>;
  sleep(ms: number): Promise<void>;
  /** What the login host was asked for so far, in order. */
  commands(): readonly string[];
}

export function openOAuthWorld(
  options: { readonly rules?: readonly Rule[]; readonly certificate?: string; readonly seed?: number } = {},
): OAuthWorld {
  const { rules = [], certificate, seed = 1 } = options;
  const domain = 'alpha.test';
  const profile = loadProfile('exchange-online');
  const mailboxes = [{ address: 'anna@alpha.test' }, { address: 'ben@alpha.test' }];
  const world = createWorld({ seed, rules, providers: [{ profile, domain, mailboxes }] });
  const { clock, trace } = world;
  const service = world.provider(domain).oauth?.service;
  if (service === undefined) throw new Error('The profile has an identity platform.');
  if (certificate !== undefined) service.apps[0]?.addCertificate(certificate);
  const life = world.life('client');
  const commands: string[] = [];
  trace.subscribe((event) => {
    if (event.kind === 'command' && event.protocol === 'graph') commands.push(event.command);
  });
  return {
    world,
    life,
    service,
    fetch: (url, init) => life.connector.fetch(url, init),
    run: (main) => world.run(() => life.run(main)),
    sleep: (ms) => sleep(clock, ms),
    commands: () => commands,
  };
}
