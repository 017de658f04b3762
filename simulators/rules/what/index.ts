import type { Action } from '../rule.ts';
import { bandwidth } from './bandwidth.ts';
import { close } from './close.ts';
import { commitThenDrop } from './commit-then-drop.ts';
import { corrupt } from './corrupt.ts';
import { cut } from './cut.ts';
import { delay } from './delay.ts';
import { duplicateReply } from './duplicate-reply.ts';
import type { Fault } from './fault.ts';
import { flip } from './flip.ts';
import { garbage } from './garbage.ts';
import { halfOpen } from './half-open.ts';
import { hang } from './hang.ts';
import { kill } from './kill.ts';
import { lie } from './lie.ts';
import { refuse } from './refuse.ts';
import { reply } from './reply.ts';
import { reset } from './reset.ts';
import { slice } from './slice.ts';
import { tls } from './tls.ts';

/** Every kind of fault there is, by its kind. */
export const faults = {
  delay,
  hang,
  refuse,
  reset,
  close,
  'half-open': halfOpen,
  reply,
  cut,
  'commit-then-drop': commitThenDrop,
  'duplicate-reply': duplicateReply,
  corrupt,
  garbage,
  lie,
  flip,
  slice,
  bandwidth,
  kill,
  tls,
} satisfies { readonly [K in Action['kind']]: Fault & { readonly kind: K } };

/** The fault of a kind. */
export function faultOf(kind: Action['kind']): Fault {
  return faults[kind];
}
