import { openImap } from '../engine/imap/open-imap.ts';
import { createWorld, type Life, type World } from '../simulators/index.ts';
import { loadProfile } from '../simulators/profiles/index.ts';
import { cannedHost, serveCannedImap } from './canned-imap.ts';
import { type Benchmark, median } from './figure.ts';
import { connectImapflow } from './imapflow-in-world.ts';
import { processorMicrosecondsEach } from './processor-time.ts';

const visits = 1_000;
/** Until code that is used often is compiled. */
const warmingRounds = 8;
const rounds = 15;
const asked = 0.8;
const account = { user: 'anna@bench.test', pass: 's3cret' };

/** A world with a simulated Dovecot and a server of canned replies in it. */
function open(): World {
  const world = createWorld({
    seed: 1,
    providers: [
      {
        profile: loadProfile('dovecot-postfix'),
        domain: 'bench.test',
        mailboxes: [{ address: account.user, password: account.pass }],
      },
    ],
    keepEvents: 0,
    sentinel: false,
  });
  serveCannedImap(world);
  return world;
}

/** From the connection to the end of LOGOUT with imapflow. */
async function withImapflow(life: Life, host: string): Promise<void> {
  const client = await connectImapflow(life, host, account);
  await client.logout();
}

/** The same with the engine's sessions. */
async function withEngine(life: Life, host: string, world: World): Promise<void> {
  const session = await openImap({
    server: { host, port: 993, security: 'tls' },
    credential: { username: account.user, secret: 'one', mechanism: 'password' },
    secret: async () => account.pass,
    connector: life.connector,
    clock: world.clock,
    silenceMs: 100_000,
    signal: new AbortController().signal,
  });
  if (!(await session.channel.leave(true))) throw new Error('The server closes its side after LOGOUT.');
}

type Visit = (life: Life, host: string, world: World) => Promise<void>;

export const benchmark: Benchmark = {
  name: 'imap-connections',
  async measure() {
    const world = open();
    const life = world.life('client');
    const simulated = world.provider('bench.test').imap?.host ?? '';
    /** Connections for each second of processor time. */
    const rateOf = async (visit: Visit, host: string): Promise<number> => {
      const each = await processorMicrosecondsEach(async () => {
        await world.run(() =>
          life.run(async () => {
            for (let n = 0; n < visits; n += 1) await visit(life, host, world);
          }),
        );
        return visits;
      });
      return 1e6 / each;
    };
    const round = async () => ({
      bare: await rateOf(withImapflow, cannedHost),
      simulator: await rateOf(withImapflow, simulated),
      engine: await rateOf(withEngine, simulated),
    });
    for (let n = 0; n < warmingRounds; n += 1) await round();
    const runs: Awaited<ReturnType<typeof round>>[] = [];
    for (let n = 0; n < rounds; n += 1) runs.push(await round());
    world.end();
    const bare = median(runs.map((run) => run.bare));
    const figure = (of: 'simulator' | 'engine', what: string) => {
      const share = median(runs.map((run) => run[of] / run.bare));
      return {
        what,
        asked: `≥ ${asked}×`,
        measured: `${share.toFixed(2)}× (${median(runs.map((run) => run[of])).toFixed(0)} against ${bare.toFixed(0)} a second)`,
        reached: share >= asked,
      };
    };
    return [
      figure(
        'simulator',
        'new IMAP connection to LOGOUT in a world, imapflow at the simulator against canned replies',
      ),
      figure('engine', "the same with the engine's session, against imapflow on canned replies"),
    ];
  },
};
