import type { Intervention } from '../rules/rule.ts';

/** What rules do to one reply, besides delaying it. */
export interface Manner {
  /** Raw text sent before it. */
  garbage?: string;
  duplicate?: boolean;
  /** So many of its bytes are replaced. */
  corruptBytes?: number;
  /** It breaks off here. */
  cutAt?: { readonly bytes?: number | undefined; readonly share?: number | undefined };
  /** It is never sent. */
  lost?: boolean;
  /** How the connection ends after a cut or a loss, or after the reply. */
  end?: End;
}
export type End = 'reset' | 'close' | 'half-open';

/** What an intervention comes to, once its delay is over. */
export type Outcome =
  | { readonly kind: 'proceed'; readonly manner: Manner | undefined }
  | { readonly kind: 'say'; readonly text: string; readonly close: boolean }
  | { readonly kind: 'end'; readonly how: End | 'hang' };

/** The means a server has for actions that are no outcome by themselves. */
export interface Means {
  kill(): void;
  tls(fault: 'expired' | 'wrong-name' | 'stall' | 'refuse'): void;
  wire(limit: { bytesPerSecond?: number; maxPacketBytes?: number }): void;
}

/** Adds up the actions of an intervention, in order; the first that ends the exchange wins. */
export function outcomeOf(intervention: Intervention, means: Means): Outcome {
  let manner: Manner | undefined;
  for (const action of intervention.actions) {
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
      case 'cut':
        manner = {
          ...manner,
          cutAt: { bytes: action.afterBytes, share: action.afterShare },
          end: action.end ?? 'reset',
        };
        break;
      case 'commit-then-drop':
        manner = { ...manner, lost: true, end: action.end ?? 'reset' };
        break;
      case 'duplicate-reply':
        manner = { ...manner, duplicate: true };
        break;
      case 'corrupt':
        manner = { ...manner, corruptBytes: action.bytes };
        break;
      case 'garbage':
        manner = { ...manner, garbage: action.text };
        break;
      case 'kill':
        means.kill();
        break;
      case 'tls':
        means.tls(action.fault);
        break;
      case 'slice':
        means.wire({ maxPacketBytes: action.maxBytes });
        break;
      case 'bandwidth':
        means.wire({ bytesPerSecond: action.bytesPerSecond });
        break;
      // Faults of listings and identities: SMTP shows neither.
      case 'lie':
      case 'flip':
        break;
      default:
        return never(action);
    }
  }
  return { kind: 'proceed', manner };
}

function never(action: never): never {
  throw new Error(`No way to carry out ${JSON.stringify(action)} over SMTP: teach outcomeOf this action.`);
}
