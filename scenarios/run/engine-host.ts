import { Engine } from '../../engine/engine.ts';
import type { PlugIn } from '../../engine/plugins/plug-in.ts';
import type { Settings } from '../../engine/records/settings.ts';
import type { Store } from '../../engine/store/store.ts';
import type { Life, World } from '../../simulators/index.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { type CommitCounter, crashingStore } from './crashing-store.ts';
import { bridgeTo } from './trace-bridge.ts';

export interface EngineHostOptions {
  readonly world: World;
  readonly store: Store;
  readonly settings: Settings;
  readonly commits: CommitCounter;
  readonly mutant: Mutant | undefined;
  readonly plugIns: readonly PlugIn[];
  readonly secret: (name: string) => string;
}

/**
 * The machine the engine runs on: starts it, lets it die, and starts it again on the same store, as a service manager
 * would. What the application wants from the engine it repeats until it got an answer.
 */
export class EngineHost {
  readonly #options: EngineHostOptions;
  readonly #waiting: (() => void)[] = [];
  #life: Life | undefined;
  #engine: Engine | undefined;
  #lives = 0;
  #downMs = 60_000;
  #closing = false;
  /** When it died, milliseconds since the world began. */
  readonly deaths: number[] = [];

  constructor(options: EngineHostOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#engine !== undefined;
  }

  /** How long the machine needs to start the engine again after the next death. */
  set downMs(value: number) {
    this.#downMs = value;
  }

  async start(): Promise<void> {
    const { world, mutant } = this.#options;
    this.#lives += 1;
    const name = `engine-${this.#lives}`;
    const life = world.life(name);
    this.#life = life;
    life.onDeath(() => this.#died(name));
    const bridge = bridgeTo(world.trace, name);
    const own = crashingStore(this.#options.store, life, this.#options.commits);
    const engine = new Engine({
      // The same name each time: a service manager's restart takes its own leases back.
      name: 'engine',
      store: mutant?.store?.(own) ?? own,
      clock: world.clock,
      random: life.random,
      connector: mutant?.connector?.(life.connector) ?? life.connector,
      secrets: async ({ credential }) => this.#options.secret(credential.secret),
      observe: (event) => {
        if (life.alive) bridge(event);
      },
      settings: mutant?.settings?.(this.#options.settings) ?? this.#options.settings,
      plugIns: mutant?.plugIns?.(this.#options.plugIns) ?? this.#options.plugIns,
    });
    await this.#outlive(life, () => engine.start());
    if (!life.alive) return;
    this.#engine = engine;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  kill(): void {
    this.#life?.kill();
  }

  /** Ends in good order. */
  async stop(): Promise<void> {
    this.#closing = true;
    const life = this.#life;
    const engine = this.#engine;
    if (life !== undefined && engine !== undefined) await this.#outlive(life, () => engine.stop());
  }

  /** Asks the engine for something, again after each death, until it has answered. */
  async ask(request: (engine: Engine) => Promise<unknown>): Promise<void> {
    for (;;) {
      const life = this.#life;
      const engine = this.#engine;
      if (life === undefined || engine === undefined) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
        continue;
      }
      if (await this.#outlive(life, () => request(engine))) return;
    }
  }

  /** Runs `fn` in a life; true when it was done before the life ended. */
  #outlive(life: Life, fn: () => Promise<unknown>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const forget = life.onDeath(() => resolve(false));
      life.run(fn).then(
        () => {
          forget();
          resolve(true);
        },
        (error: unknown) => {
          forget();
          reject(error);
        },
      );
    });
  }

  #died(name: string): void {
    const { world } = this.#options;
    this.#engine = undefined;
    if (this.#closing) return;
    this.deaths.push(world.elapsedMs());
    world.trace.emit({ kind: 'engine', what: 'died', engine: name });
    world.clock.schedule(() => void this.start(), this.#downMs, undefined);
  }
}
