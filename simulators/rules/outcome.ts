import type { Ending } from '../network/end-connection.ts';
import type { Action, Intervention } from './rule.ts';

type Flip = Extract<Action, { kind: 'flip' }>['how'];
export type TlsFault = Extract<Action, { kind: 'tls' }>['fault'];

/** What rules do to one reply, besides delaying it. The last word on one thing counts; nothing adds up. */
export interface Manner {
  /** Raw texts sent before it, each once. */
  readonly garbage?: readonly string[];
  readonly duplicate?: boolean;
  /** So many of its bytes are replaced. */
  readonly corruptBytes?: number;
  /** It breaks off after so many bytes, or after a share 0..1 of it, and the connection ends. */
  readonly cut?: {
    readonly afterBytes?: number | undefined;
    readonly afterShare?: number | undefined;
    readonly end: Ending;
  };
  /** It is never sent; instead the connection ends. */
  readonly lost?: Ending;
  /** What to add to a number it reports, by upper case field. */
  readonly lies?: Readonly<Record<string, number>>;
  /** What is wrong with the identities it lists, by upper case field. */
  readonly flips?: readonly { readonly field: string; readonly how: Flip }[];
}

/** What an intervention comes to, once its delay is over. */
export type Outcome =
  | { readonly kind: 'proceed'; readonly manner: Manner | undefined }
  | { readonly kind: 'say'; readonly text: string; readonly close: boolean }
  | { readonly kind: 'end'; readonly how: Ending | 'hang' };

/** The means a server has for actions that say nothing about one reply. */
export interface Means {
  kill(): void;
  /** The end of the exchange, where the server breaks a handshake by ending it. */
  tls(fault: TlsFault): Ending | 'hang' | undefined;
  wire(limit: { readonly bytesPerSecond?: number; readonly maxPacketBytes?: number }): void;
}

/** Adds up the actions of an intervention, in order; the first that ends the exchange or speaks instead wins. */
export function outcomeOf({ actions }: Intervention, means: Means): Outcome {
  let manner: Manner | undefined;
  for (const action of actions) {
    switch (action.kind) {
      case 'hang':
        return { kind: 'end', how: 'hang' };
      case 'reset':
      case 'refuse':
        return { kind: 'end', how: 'reset' };
      case 'close':
      case 'half-open':
        return { kind: 'end', how: action.kind };
      case 'reply':
        return { kind: 'say', text: action.text, close: action.close ?? false };
      case 'tls': {
        const how = means.tls(action.fault);
        if (how !== undefined) return { kind: 'end', how };
        break;
      }
      case 'kill':
        means.kill();
        break;
      case 'slice':
        means.wire({ maxPacketBytes: action.maxBytes });
        break;
      case 'bandwidth':
        means.wire({ bytesPerSecond: action.bytesPerSecond });
        break;
      default:
        manner = joined(manner, mannerOf(action));
    }
  }
  return { kind: 'proceed', manner };
}

/** Both, the later one having the last word. */
export function joined(earlier: Manner | undefined, later: Manner | undefined): Manner | undefined {
  if (earlier === undefined || later === undefined) return later ?? earlier;
  return {
    ...earlier,
    ...later,
    ...(later.garbage && { garbage: [...new Set([...(earlier.garbage ?? []), ...later.garbage])] }),
    ...(later.lies && { lies: { ...earlier.lies, ...later.lies } }),
    ...(later.flips && { flips: [...(earlier.flips ?? []), ...later.flips] }),
  };
}

function mannerOf(
  action: Extract<
    Action,
    { kind: 'cut' | 'commit-then-drop' | 'duplicate-reply' | 'corrupt' | 'garbage' | 'lie' | 'flip' }
  >,
): Manner {
  switch (action.kind) {
    case 'cut': {
      const { afterBytes, afterShare, end = 'reset' } = action;
      return { cut: { afterBytes, afterShare, end } };
    }
    case 'commit-then-drop':
      return { lost: action.end ?? 'reset' };
    case 'duplicate-reply':
      return { duplicate: true };
    case 'corrupt':
      return { corruptBytes: action.bytes };
    case 'garbage':
      return { garbage: [action.text] };
    case 'lie':
      return { lies: { [action.field.toUpperCase()]: action.delta } };
    case 'flip':
      return { flips: [{ field: action.field.toUpperCase(), how: action.how }] };
    default:
      throw new TypeError(
        `No way to carry out ${JSON.stringify(action satisfies never)}: teach mannerOf it.`,
      );
  }
}
