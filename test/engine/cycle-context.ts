import type { CycleContext, CycleResult } from '../../engine/schedule/cycle.ts';
import type { CycleEnd } from '../../engine/store/store.ts';
import { noGraph } from '../../engine/testing/no-graph.ts';
import { noImap } from '../../engine/testing/no-imap.ts';

const windowMs = 5 * 60_000;

/** What the scheduler hands a cycle, with the least of everything a test does not care about. */
export function cycleContext(
  given: Pick<
    CycleContext,
    'lease' | 'mailbox' | 'profile' | 'store' | 'clock' | 'connector' | 'settings' | 'signal'
  > &
    Partial<Pick<CycleContext, 'imap'>>,
): CycleContext {
  const startedAt = given.clock.now();
  return {
    graph: noGraph,
    imap: noImap,
    ...given,
    startedAt,
    random: { float: () => 0.5, hex: (length) => '00'.repeat(length) },
    observe: () => undefined,
    plugIns: { before: () => Promise.resolve(), after: () => undefined },
    secret: () => Promise.resolve('s3cret-word'),
    end: (result) => cycleEnd(result, startedAt, given.clock.now()),
  };
}

function cycleEnd(result: CycleResult, startedAt: number, endedAt: number): CycleEnd {
  return {
    startedAt,
    endedAt,
    nextRunAt: endedAt + windowMs,
    wait: 'window',
    outcome: result.error === undefined ? 'success' : 'failure',
    processed: result.processed,
    failed: result.failed,
    error: result.error,
    transientFailureCount: 0,
    authFailureCount: 0,
    firstAuthFailureOn: undefined,
    disable: false,
    alerts: [],
    clearAlertCodes: [],
    memo: result.memo,
  };
}
