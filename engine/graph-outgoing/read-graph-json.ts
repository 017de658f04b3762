import { GraphFailure } from '../graph/graph-failure.ts';

/** A text of an object in a reply, if it has it. */
export function textOf(value: unknown, name: string): string | undefined {
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof text === 'string' ? text : undefined;
}

/** The id of an object in a reply. Throws `GraphFailure` when it has none. */
export function idOf(value: unknown, phase: string): string {
  const id = textOf(value, 'id');
  if (id !== undefined && id !== '') return id;
  const text = 'The server gave an item without an id';
  throw new GraphFailure(
    { class: 'transient', code: 'graph-garbled', text, phase, scope: 'service' },
    { sent: 'unknown' },
  );
}

/** The entries of a list. */
export function listOf(value: unknown): readonly unknown[] {
  const list: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'value') : undefined;
  return Array.isArray(list) ? list : [];
}
