import type { Clock } from '../clock/clock.ts';
import type { Entropy } from '../entropy/entropy.ts';
import type { ByteStream } from '../network/byte-stream.ts';
import type { Action, Intervention } from './rule.ts';

/** How a connection ends: the peer sees a reset, sees a clean close, or is told nothing. */
export type Ending = 'reset' | 'close' | 'half-open';

/** An action that changes the bytes of one reply or listing. */
export type Mangling = Extract<Action, { kind: 'cut' | 'corrupt' | 'garbage' | 'duplicate-reply' }>;

/** What is left for the protocol to do, once the delay is over and the connection lives on. */
export interface Course {
  /** Say this line instead of doing the command (without CRLF), and end the connection after it if `close`. */
  readonly reply?: { readonly text: string; readonly close: boolean };
  /** Do the command; say nothing about it; end like this. */
  readonly lost?: Ending;
  /** For `mangle`, when the reply is ready. Empty most of the time. */
  readonly mangling: readonly Mangling[];
  readonly lies: readonly Extract<Action, { kind: 'lie' }>[];
  readonly flips: readonly Extract<Action, { kind: 'flip' }>[];
  readonly tls?: Extract<Action, { kind: 'tls' }>['fault'];
}

/** A course without anything to do; what a server goes by where no rule fired. */
export const undisturbed: Course = { mangling: [], lies: [], flips: [] };

/**
 * Carries out what is the same in every protocol: waits `delayMs`, ends or silences the stream, bounds its packets and
 * bandwidth, kills the system under test. Calls `proceed` with the rest, unless the exchange ends here (hang, reset,
 * refuse, close, half-open) or the stream went away while waiting. Without a delay all of it happens at once.
 */
export function interrupt(
  stream: ByteStream,
  clock: Clock,
  intervention: Intervention,
  proceed: (course: Course) => void,
  kill?: () => void,
): void {
  const act = (): void => {
    if (stream.destroyed) return;
    const course = courseOf(stream, intervention, kill);
    if (course !== undefined) proceed(course);
  };
  if (intervention.delayMs > 0) clock.setTimeout(act, intervention.delayMs);
  else act();
}

/** Ends or silences a connection. Bytes written before a `close` still arrive; a `reset` may overtake them. */
export function endStream(stream: ByteStream, how: Ending): void {
  if (stream.destroyed) return;
  switch (how) {
    case 'reset':
      if ('resetAndDestroy' in stream && typeof stream.resetAndDestroy === 'function')
        stream.resetAndDestroy();
      else
        stream.destroy(Object.assign(new Error('The server reset the connection.'), { code: 'ECONNRESET' }));
      return;
    case 'close':
      stream.end();
      return;
    case 'half-open':
      if (canBeSilenced(stream)) stream.silence();
      else stream.pause();
      return;
    default:
      never(how);
  }
}

/**
 * The bytes that leave instead of `bytes`, and how the connection ends after them, if it does. Corruption keeps the
 * length and is drawn by name for `connection`; a cut takes `afterBytes`, else `afterShare`, else half.
 */
export function mangle(
  bytes: Uint8Array,
  manglings: readonly Mangling[],
  entropy: Entropy,
  connection: string,
): { readonly bytes: Uint8Array; readonly end?: Ending } {
  let end: Ending | undefined;
  for (const action of manglings) {
    switch (action.kind) {
      case 'corrupt':
        bytes = corrupted(bytes, action.bytes, entropy, connection);
        break;
      case 'garbage':
        bytes = Buffer.concat([Buffer.from(`${action.text}\r\n`), bytes]);
        break;
      case 'duplicate-reply':
        bytes = Buffer.concat([bytes, bytes]);
        break;
      case 'cut':
        bytes = bytes.subarray(0, action.afterBytes ?? Math.floor(bytes.length * (action.afterShare ?? 0.5)));
        end = action.end ?? 'reset';
        break;
      default:
        return never(action);
    }
  }
  return end === undefined ? { bytes } : { bytes, end };
}

/** Undefined when the exchange ends here. */
function courseOf(
  stream: ByteStream,
  intervention: Intervention,
  kill: (() => void) | undefined,
): Course | undefined {
  const mangling: Mangling[] = [];
  const lies: Course['lies'][number][] = [];
  const flips: Course['flips'][number][] = [];
  let rest: Pick<Course, 'reply' | 'lost' | 'tls'> = {};
  for (const action of intervention.actions) {
    switch (action.kind) {
      case 'hang':
        return undefined;
      case 'refuse':
      case 'reset':
        endStream(stream, 'reset');
        return undefined;
      case 'close':
      case 'half-open':
        endStream(stream, action.kind);
        return undefined;
      case 'reply':
        rest = { ...rest, reply: { text: action.text, close: action.close ?? false } };
        break;
      case 'commit-then-drop':
        rest = { ...rest, lost: action.end ?? 'reset' };
        break;
      case 'tls':
        rest = { ...rest, tls: action.fault };
        break;
      case 'cut':
      case 'corrupt':
      case 'garbage':
      case 'duplicate-reply':
        mangling.push(action);
        break;
      case 'lie':
        lies.push(action);
        break;
      case 'flip':
        flips.push(action);
        break;
      case 'slice':
        if (canBeLimited(stream)) stream.limit({ maxPacketBytes: action.maxBytes });
        break;
      case 'bandwidth':
        if (canBeLimited(stream)) stream.limit({ bytesPerSecond: action.bytesPerSecond });
        break;
      case 'kill':
        kill?.();
        break;
      default:
        return never(action);
    }
  }
  return { ...rest, mangling, lies, flips };
}

function corrupted(bytes: Uint8Array, count: number, entropy: Entropy, connection: string): Uint8Array {
  const changed = Buffer.from(bytes);
  for (let n = 0; n < count && changed.length > 0; n += 1) {
    const at = entropy.uint32('rule.corrupt', connection) % changed.length;
    // Never by 0, so that a byte hit once is always another.
    changed[at] = (changed[at] ?? 0) ^ (1 + (entropy.uint32('rule.corrupt', connection) % 255));
  }
  return changed;
}

/** Connections in memory can fall silent and be bounded; of a TCP socket nobody can ask that. */
function canBeSilenced(stream: ByteStream): stream is ByteStream & { silence(): void } {
  return 'silence' in stream && typeof stream.silence === 'function';
}
function canBeLimited(
  stream: ByteStream,
): stream is ByteStream & { limit(wire: { bytesPerSecond?: number; maxPacketBytes?: number }): void } {
  return 'limit' in stream && typeof stream.limit === 'function';
}

function never(value: never): never {
  throw new TypeError(`No way to carry out ${JSON.stringify(value)}: teach carry-out.ts this action.`);
}
