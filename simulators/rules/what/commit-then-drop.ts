import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { ending } from './fields.ts';

/**
 * The effect lasts and its reply is lost: mail was accepted, or messages were removed, and the client cannot know
 * (RFC 1047).
 */
export const commitThenDrop = {
  kind: 'commit-then-drop',
  phases: ['committed'],
  usualPhase: 'committed',
  schema: v.strictObject({ kind: v.literal('commit-then-drop'), end: ending }),
} satisfies Fault;
