import type { Clock } from '../clock/clock.ts';
import type { LiteralReply } from '../http/literal-reply.ts';
import { type AadstsCode, aadsts } from './aadsts.ts';
import { TokenRefusal } from './token-refusal.ts';
import { type ExchangeIds, jsonReply, type OAuthReply, refusalReply } from './token-reply.ts';

/**
 * A reply that a rule or a limit spells out. `400 AADSTS50196` is the refusal of that number with the status that is
 * given; any other code is the `error` of an envelope without a number; without a code the body is what stands there.
 */
export function literalOAuthReply(
  literal: LiteralReply,
  ids: ExchangeIds,
  clock: Clock,
  host: string,
): OAuthReply {
  const { status, code, message, headers, body } = literal;
  if (body !== undefined || code === undefined)
    return { status, headers: { ...headers }, body: body ?? '', summary: String(status) };
  const number = Number(/^AADSTS(\d+)$/.exec(code)?.[1]);
  if (isKnown(number)) {
    const reply = refusalReply(new TokenRefusal(number), ids, clock, host);
    return { ...reply, status, headers: { ...reply.headers, ...headers }, summary: `${status} ${code}` };
  }
  const envelope = { error: code, ...(message === undefined ? {} : { error_description: message }) };
  return jsonReply(status, envelope, `${status} ${code}`, headers);
}

function isKnown(number: number): number is AadstsCode {
  return Object.hasOwn(aadsts, number);
}
