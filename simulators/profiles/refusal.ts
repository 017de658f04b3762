import type { Confidence } from '../limits/limiter.ts';
import type { CannedFault } from './profile.ts';

interface Refusal {
  readonly id: string;
  readonly text: string;
  /** The connection ends after it. */
  readonly close?: boolean;
  readonly confidence: Confidence;
  readonly source: string;
}

/** The server says `text` instead of doing `command`; instead of any command, when none is named. */
export function refusalOf(
  protocol: 'pop3' | 'smtp' | 'imap',
  command: string | undefined,
  { id, text, close, confidence, source }: Refusal,
): CannedFault {
  return {
    id,
    protocol,
    phase: 'command',
    ...(command === undefined ? {} : { command }),
    what: close === true ? { kind: 'reply', text, close } : { kind: 'reply', text },
    confidence,
    source,
  };
}

/** The server refuses a whole message after its final dot. */
export function refusalAtDot(refusal: Refusal): CannedFault {
  return { ...refusalOf('smtp', 'DATA', refusal), phase: 'commit' };
}

/** The server says this in place of its greeting, and leaves. */
export function refusalAtBanner(
  protocol: 'pop3' | 'smtp',
  { id, text, confidence, source }: Refusal,
): CannedFault {
  return { id, protocol, phase: 'banner', what: { kind: 'reply', text, close: true }, confidence, source };
}
