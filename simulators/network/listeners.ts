type Listener = (...values: never[]) => void;

/** The few event listeners of a stream, without the weight of an EventEmitter on the hot path. */
export class Listeners {
  readonly #byEvent = new Map<string, Listener[]>();

  add(event: string, listener: Listener): void {
    const list = this.#byEvent.get(event);
    if (list === undefined) this.#byEvent.set(event, [listener]);
    else list.push(listener);
  }

  remove(event: string, listener: Listener): void {
    const list = this.#byEvent.get(event);
    const at = list?.indexOf(listener) ?? -1;
    if (list !== undefined && at >= 0) this.#byEvent.set(event, list.toSpliced(at, 1));
  }

  has(event: string): boolean {
    return (this.#byEvent.get(event)?.length ?? 0) > 0;
  }

  /** Calls every listener of `event`; false when there is none. */
  call(event: string, ...values: unknown[]): boolean {
    const list = this.#byEvent.get(event);
    if (list === undefined || list.length === 0) return false;
    // Typed by the overloads of `on`: each event is emitted in one place with the values it promises.
    for (const listener of list) listener(...(values as never[]));
    return true;
  }
}
