import type { ClassifiedGraph } from '../graph/graph-failure.ts';
import type { GraphAnswer } from './graph-answer.ts';
import { type GraphVerdict, graphRules } from './rules-graph.ts';

export interface ClassifiedAnswer extends ClassifiedGraph {
  /** Whose requests have to wait, when it is about a limit. */
  readonly holds?: GraphVerdict['holds'];
}

/**
 * Classifies an answer that is no success. What Graph is known to mean by it goes first, by code more than by status
 * (a limit in a 401, 403, 500 or 503); an answer nobody knows is read by its status (RFC 9110 15).
 */
export function classifyGraph(answer: GraphAnswer, phase: string): ClassifiedAnswer {
  const verdict = graphRules.find((rule) => rule.matches(answer))?.verdict ?? byStatus(answer);
  return { ...verdict, text: textOf(answer), retryAfterMs: answer.retryAfterMs, phase };
}

function byStatus({ status, code }: GraphAnswer): GraphVerdict {
  if (status >= 500 || status === 408)
    return { class: 'transient', code: 'graph-service-unwell', scope: 'service' };
  if (status === 403) return { class: 'auth-maybe', code: 'graph-access-denied', scope: 'service' };
  // Without a code it was not Graph that answered.
  if (code === '' || status < 400)
    return { class: 'transient', code: 'graph-answer-unknown', scope: 'service' };
  return status === 404
    ? { class: 'item-permanent', code: 'graph-item-gone', scope: 'message' }
    : { class: 'item-permanent', code: 'graph-request-refused', scope: 'message' };
}

function textOf({ status, code, message }: GraphAnswer): string {
  const said = [code, message].filter((part) => part !== '').join(': ');
  return `HTTP ${status}${said === '' ? ', without a word' : ` ${said}`}`
    .replace(/\beyJ[\w-]{8,}(?:\.[\w-]+)*/g, '[token]')
    .replace(/\b(Bearer|client_secret|assertion|refresh_token)([ =:]+)[^\s"',;&]+/gi, '$1$2[secret]')
    .replace(/\s+/g, ' ')
    .slice(0, 500);
}
