import type { PlugIn } from '../../engine/plugins/plug-in.ts';
import type { Connector } from '../../engine/ports/connector.ts';
import type { Settings } from '../../engine/records/settings.ts';
import type { Store } from '../../engine/store/store.ts';

/**
 * An engine broken on purpose, by wrapping what it stands on. A mutant that no suite catches means that a fault or
 * an invariant is missing.
 */
export interface Mutant {
  readonly name: string;
  /** The bug, in one sentence. */
  readonly bug: string;
  /** Invariants, or suites by whose law it is judged, of which at least one must turn red. */
  readonly breaks: readonly string[];
  readonly settings?: (settings: Settings) => Settings;
  readonly store?: (store: Store) => Store;
  readonly connector?: (connector: Connector) => Connector;
  readonly plugIns?: (plugIns: readonly PlugIn[]) => readonly PlugIn[];
}

/** The store with some of its methods replaced. */
export function overriding(store: Store, methods: Partial<Store>): Store {
  return new Proxy(store, {
    get(target, property) {
      const override: unknown = Reflect.get(methods, property);
      if (override !== undefined) return override;
      const member: unknown = Reflect.get(target, property);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
