import type { FaultKind } from './fault-kind.ts';

const command = 'POST /token';

/** What a token endpoint does that passes. */
export const tokenFaults: readonly FaultKind[] = [
  // Entra's own throttling, in plain text.
  {
    name: 'token-429',
    where: { protocol: 'graph', phase: 'command', command },
    what: {
      kind: 'reply',
      text: '429\nRetry-After: 60\nContent-Type: text/plain\n\nThis request has been throttled.',
    },
  },
  {
    name: 'token-503',
    where: { protocol: 'graph', phase: 'command', command },
    what: { kind: 'reply', text: '503\n\n' },
  },
  { name: 'token-reset', where: { protocol: 'graph', phase: 'command', command }, what: { kind: 'reset' } },
  { name: 'token-hang', where: { protocol: 'graph', phase: 'command', command }, what: { kind: 'hang' } },
  {
    name: 'token-slow',
    where: { protocol: 'graph', phase: 'reply', command },
    what: { kind: 'delay', delayMs: { fromMs: 1_000, toMs: 30_000 } },
  },
];
