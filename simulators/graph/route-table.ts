import type { GraphRoute } from './graph-route.ts';

/** A route with what its path says. */
export interface RouteMatch<R> {
  readonly route: R;
  readonly params: Readonly<Record<string, string>>;
}

interface Node<R> {
  readonly fixed: Map<string, Node<R>>;
  named: Node<R> | undefined;
  readonly byMethod: Map<string, { readonly route: R; readonly names: readonly string[] }>;
}

/** Routes by their paths. A fixed segment wins over a named one, and is tried in lower case. */
export class RouteTable<R extends Pick<GraphRoute, 'method' | 'path'>> {
  readonly #root: Node<R> = newNode();

  /** Throws when two routes have one method and path. */
  constructor(routes: readonly R[]) {
    for (const route of routes) this.#add(route);
  }

  #add(route: R): void {
    const names: string[] = [];
    let node = this.#root;
    for (const segment of segmentsOf(route.path)) {
      if (segment.startsWith(':')) {
        names.push(segment.slice(1));
        node.named ??= newNode();
        node = node.named;
      } else {
        const key = segment.toLowerCase();
        const next = node.fixed.get(key) ?? newNode<R>();
        node.fixed.set(key, next);
        node = next;
      }
    }
    if (node.byMethod.has(route.method))
      throw new Error(`${route.method} ${route.path} stands twice in the table of routes: remove one.`);
    node.byMethod.set(route.method, { route, names });
  }

  /**
   * The route for a method and the segments of a path, decoded. `other-method` when the path is known and the method is
   * not; undefined when the path is not known.
   */
  match(method: string, segments: readonly string[]): RouteMatch<R> | 'other-method' | undefined {
    const values: string[] = [];
    const node = this.#find(this.#root, segments, 0, values);
    if (node === undefined) return undefined;
    const found = node.byMethod.get(method);
    if (found === undefined) return 'other-method';
    const params: Record<string, string> = {};
    found.names.forEach((name, n) => {
      params[name] = values[n] ?? '';
    });
    return { route: found.route, params };
  }

  #find(node: Node<R>, segments: readonly string[], at: number, values: string[]): Node<R> | undefined {
    const segment = segments[at];
    if (segment === undefined) return node.byMethod.size > 0 ? node : undefined;
    const fixed = node.fixed.get(segment) ?? node.fixed.get(segment.toLowerCase());
    if (fixed !== undefined) {
      const found = this.#find(fixed, segments, at + 1, values);
      if (found !== undefined) return found;
    }
    if (node.named === undefined) return undefined;
    values.push(segment);
    const found = this.#find(node.named, segments, at + 1, values);
    if (found === undefined) values.pop();
    return found;
  }
}

/** The parts of a path between its slashes; empty ones are none. */
export function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function newNode<R>(): Node<R> {
  return { fixed: new Map(), named: undefined, byMethod: new Map() };
}
