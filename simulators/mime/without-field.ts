import { headerEnd } from './header-fields.ts';

/** A message without the fields of a name, and their folded lines; the same Buffer when it has none. */
export function withoutField(raw: Buffer, name: string): Buffer {
  const { headerEnd: end } = headerEnd(raw, 0, raw.length);
  const header = raw.toString('latin1', 0, end);
  const left = header.replace(new RegExp(`^${name}[ \\t]*:.*(?:\\r?\\n[ \\t].*)*\\r?\\n`, 'gim'), '');
  return left.length === header.length
    ? raw
    : Buffer.concat([Buffer.from(left, 'latin1'), raw.subarray(end)]);
}
