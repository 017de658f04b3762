import type { Intervention } from '../rules/rule.ts';

/** What becomes of an attempt to connect: it opens, fails, or nobody ever hears of it again. */
export type ConnectPlan =
  | { readonly kind: 'open'; readonly limits: { bytesPerSecond?: number; maxPacketBytes?: number } }
  | { readonly kind: 'fail'; readonly code: string }
  | { readonly kind: 'swallow' };

/** What the rules that fired at `connect` mean for it. */
export function planConnect(intervention: Intervention | undefined, tls: boolean): ConnectPlan {
  const limits: { bytesPerSecond?: number; maxPacketBytes?: number } = {};
  for (const action of intervention?.actions ?? []) {
    switch (action.kind) {
      case 'refuse':
        return { kind: 'fail', code: 'ECONNREFUSED' };
      case 'reset':
      case 'close':
        return { kind: 'fail', code: 'ECONNRESET' };
      case 'hang':
      case 'half-open':
        return { kind: 'swallow' };
      case 'slice':
        limits.maxPacketBytes = action.maxBytes;
        break;
      case 'bandwidth':
        limits.bytesPerSecond = action.bytesPerSecond;
        break;
      case 'tls':
        if (tls && action.fault === 'stall') return { kind: 'swallow' };
        if (tls)
          return { kind: 'fail', code: tlsErrorCode[action.fault as Exclude<typeof action.fault, 'stall'>] };
        break;
      default:
        break;
    }
  }
  return { kind: 'open', limits };
}

/** The codes Node gives for these certificates. */
const tlsErrorCode = {
  expired: 'CERT_HAS_EXPIRED',
  'wrong-name': 'ERR_TLS_CERT_ALTNAME_INVALID',
  refuse: 'EPROTO',
};
