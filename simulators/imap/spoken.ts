import type { Reply } from './reply.ts';

/**
 * A reply that a rule or a limit wants said, its lines parted by line feeds. A line that begins with OK, NO or BAD is
 * the tagged answer; all others go out as they stand (`* BYE …`, or what no client can make sense of). Without a
 * tagged line the command is never answered.
 */
export function spoken(text: string, close: boolean): Reply {
  const lines = text.split('\n').map((line) => line.replace(/^\{tag\} /, ''));
  const at = lines.findIndex((line) => /^(?:OK|NO|BAD)\b/.test(line));
  if (at < 0) return { line: lines.join('\r\n'), raw: true, close };
  const before = lines.slice(0, at).map((line) => `${line}\r\n`);
  // What comes after the answer (a BYE) belongs to it.
  return { line: lines.slice(at).join('\r\n'), data: before, close };
}
