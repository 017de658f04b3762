// First, so that every library loaded after it takes its time and entropy from the world.
import '../clock/global-time.ts';
import '../deflate/global-deflate.ts';
import '../entropy/global-entropy.ts';
import { setGlobalTime } from '../clock/global-time.ts';
import { type VirtualClock, virtualClock } from '../clock/virtual-clock.ts';
import { setGlobalDeflate } from '../deflate/global-deflate.ts';
import { setGlobalEntropy } from '../entropy/global-entropy.ts';
import { KeyedEntropy } from '../entropy/keyed-entropy.ts';
import { WorldHttp } from '../http/world-http.ts';
import { LoopbackNetwork } from '../network/loopback-network.ts';
import { MemoryNetwork } from '../network/memory-network.ts';
import type { LinkOptions, WorldNetwork } from '../network/world-network.ts';
import type { Rule, RuleBook } from '../rules/rule.ts';
import { createRuleBook } from '../rules/rule-book.ts';
import { type Leak, Sentinel } from '../trace/sentinel.ts';
import { WorldTrace } from '../trace/world-trace.ts';
import { Life } from './life.ts';
import { openProvider, type Provider, type ProviderSpec } from './provider.ts';
import { WorldConnector } from './world-connector.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly providers: readonly ProviderSpec[];
  readonly rules?: readonly Rule[];
  /** The first instant, ms since the Unix epoch. Default: Monday 2026-01-05 08:00 UTC. */
  readonly startsAtMs?: number;
  /** Default: 20 ms one way. */
  readonly link?: LinkOptions;
  /** `loopback` runs the same world over counted TCP sockets, to cross-check the one in memory. */
  readonly transport?: 'memory' | 'loopback';
  /** How many of the last trace events to keep. Default 1000. */
  readonly keepEvents?: number;
  /** Watch for what would break determinism. Default true (in memory). */
  readonly sentinel?: boolean;
}

export interface WorldEnd {
  /** SHA-256 over every event: the same seed gives the same 64 hex digits anywhere. */
  readonly digest: string;
  readonly virtualMs: number;
  readonly events: number;
  readonly steps: number;
  readonly leaks: readonly Leak[];
}

const defaultStartMs = Date.UTC(2026, 0, 5, 8);

let running: World | undefined;

/**
 * One simulated run: providers with their mailboxes and servers, the network to them, one clock, one seed, one trace.
 * While `run` is under way all time and entropy of this Node process is the world's, so that there is one world at a
 * time.
 */
export class World {
  readonly clock: VirtualClock = virtualClock;
  readonly seed: number;
  readonly startMs: number;
  readonly entropy: KeyedEntropy;
  readonly trace: WorldTrace;
  readonly rules: RuleBook;
  readonly network: WorldNetwork;
  /** The web of this world; receivers of notifications can listen here too. */
  readonly http: WorldHttp;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly #sentinel: Sentinel | undefined;
  readonly #lives = new Set<Life>();
  readonly #connector: WorldConnector;
  readonly #firstStep: number;

  constructor(options: WorldOptions) {
    if (running !== undefined)
      throw new Error('A world is still open in this process: end it before making another.');
    running = this;
    this.seed = options.seed;
    this.startMs = options.startsAtMs ?? defaultStartMs;
    this.clock.restart(this.startMs);
    this.#firstStep = this.clock.steps;
    this.entropy = new KeyedEntropy(options.seed);
    this.trace = new WorldTrace({
      now: () => this.clock.now(),
      startMs: this.startMs,
      keep: options.keepEvents ?? 1000,
    });
    this.rules = createRuleBook({
      rules: options.rules ?? [],
      clock: this.clock,
      startMs: this.startMs,
      entropy: this.entropy,
      trace: this.trace,
    });
    const { clock, entropy, rules, trace } = this;
    this.network =
      options.transport === 'loopback'
        ? new LoopbackNetwork({ clock, rules, trace })
        : new MemoryNetwork({ clock, entropy, rules, trace, link: options.link ?? { latencyMs: 20 } });
    // Counted TCP draws no latencies; the web of a world is in memory either way.
    const link = options.transport === 'loopback' ? { latencyMs: 0 } : (options.link ?? { latencyMs: 20 });
    this.http = new WorldHttp({ clock, entropy, rules, trace, link });
    const { network, http } = this;
    const around = { clock, entropy, rules, trace, network, http, kill: () => this.#killAll() };
    this.providers = new Map(options.providers.map((spec) => [spec.domain, openProvider(spec, around)]));
    this.#connector = new WorldConnector(this.network, this.http);
    this.#sentinel =
      (options.sentinel ?? true) && options.transport !== 'loopback' ? new Sentinel() : undefined;
  }

  /** A program under test begins as a process of this world. */
  life(name: string): Life {
    const life = new Life(name, this.#connector, this.entropy);
    this.#lives.add(life);
    life.onDeath(() => this.#lives.delete(life));
    return life;
  }

  /** The provider of a mailbox address or domain. */
  provider(addressOrDomain: string): Provider {
    const domain = addressOrDomain.slice(addressOrDomain.lastIndexOf('@') + 1);
    const provider = this.providers.get(domain);
    if (provider === undefined)
      throw new Error(
        `No provider of this world serves ${domain}; it has ${[...this.providers.keys()].join(', ')}.`,
      );
    return provider;
  }

  /** Virtual milliseconds since the world began. */
  elapsedMs(): number {
    return this.clock.now() - this.startMs;
  }

  /**
   * Calls `main` and lets virtual time pass until it is done. Rejects with what it rejects with, or with `Deadlock`
   * when nothing can happen any more.
   */
  async run<T>(main: () => Promise<T>): Promise<T> {
    setGlobalTime(true);
    setGlobalEntropy(this.entropy);
    setGlobalDeflate(true);
    this.#sentinel?.start();
    try {
      let outcome: PromiseSettledResult<T> | undefined;
      void Promise.allSettled([main()]).then(([settled]) => {
        outcome = settled;
      });
      await this.clock.drive(() => outcome !== undefined);
      const settled = outcome as PromiseSettledResult<T> | undefined; // set by the callback above
      if (settled?.status === 'fulfilled') return settled.value;
      throw settled?.reason;
    } finally {
      this.#sentinel?.stop();
      setGlobalDeflate(false);
      setGlobalEntropy(undefined);
      setGlobalTime(false);
    }
  }

  /** Everybody dies, the servers close, and the books are closed. */
  end(): WorldEnd {
    const virtualMs = this.elapsedMs();
    this.#killAll();
    for (const provider of this.providers.values()) provider.close();
    this.network.close();
    this.http.close();
    running = undefined;
    return {
      digest: this.trace.digest(),
      virtualMs,
      events: this.trace.count,
      steps: this.clock.steps - this.#firstStep,
      leaks: this.#sentinel?.stop() ?? [],
    };
  }

  #killAll(): void {
    for (const life of [...this.#lives]) life.kill();
  }
}

export function createWorld(options: WorldOptions): World {
  return new World(options);
}
