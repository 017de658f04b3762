import { exactlyOnceIn } from './inv-01-exactly-once-in.ts';
import { noInvention } from './inv-02-no-invention.ts';
import { deletionNeedsProof } from './inv-03-deletion-needs-proof.ts';
import { deletionArrives } from './inv-04-deletion-arrives.ts';
import { fixpoint } from './inv-05-fixpoint.ts';
import { noEcho } from './inv-06-no-echo.ts';
import { sendAtMostOnce } from './inv-07-send-at-most-once.ts';
import { outboundProgress } from './inv-08-outbound-progress.ts';
import { perRecipient } from './inv-09-per-recipient.ts';
import { cursorSafety } from './inv-10-cursor-safety.ts';
import { progress } from './inv-12-progress.ts';
import { poisonIsolation } from './inv-13-poison-isolation.ts';
import { oneRunner } from './inv-14-one-runner.ts';
import { postponeRule } from './inv-15-postpone-rule.ts';
import { connectionCap } from './inv-16-connection-cap.ts';
import { throttleObedience } from './inv-17-throttle-obedience.ts';
import { backOffShape } from './inv-18-back-off-shape.ts';
import { fairShare } from './inv-19-fair-share.ts';
import { rightClass } from './inv-20-right-class.ts';
import { truthfulStatus } from './inv-21-truthful-status.ts';
import { contentFidelity } from './inv-22-content-fidelity.ts';
import { threeWayMerge } from './inv-25-three-way-merge.ts';
import { identityBijection } from './inv-26-identity-bijection.ts';
import { noMailStorms } from './inv-28-no-mail-storms.ts';
import { credentialSafety } from './inv-29-credential-safety.ts';
import { scope } from './inv-31-scope.ts';
import { boundedResources } from './inv-32-bounded-resources.ts';
import { sentCopies } from './inv-33-sent-copies.ts';
import type { Invariant } from './invariant.ts';

/** All invariants that one world can show; every one of them is checked in every run. */
export const invariants: readonly Invariant[] = [
  exactlyOnceIn,
  noInvention,
  deletionNeedsProof,
  deletionArrives,
  fixpoint,
  noEcho,
  sendAtMostOnce,
  outboundProgress,
  perRecipient,
  cursorSafety,
  progress,
  poisonIsolation,
  oneRunner,
  postponeRule,
  connectionCap,
  throttleObedience,
  backOffShape,
  fairShare,
  rightClass,
  truthfulStatus,
  contentFidelity,
  threeWayMerge,
  identityBijection,
  noMailStorms,
  credentialSafety,
  scope,
  boundedResources,
  sentCopies,
];
