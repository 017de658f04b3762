import type { EngineEvent } from '../../engine/ports/observer.ts';
import type { Trace } from '../../simulators/index.ts';

/** What the engine tells goes into the world's trace, so that one digest covers both. */
export function bridgeTo(trace: Trace, engine: string): (event: EngineEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'cycle-start':
        trace.emit({
          kind: 'cycle-start',
          mailbox: event.mailboxId,
          workload: event.workload,
          fence: event.fence,
        });
        return;
      case 'cycle-end':
        trace.emit({
          kind: 'cycle-end',
          mailbox: event.mailboxId,
          workload: event.workload,
          fence: event.fence,
          outcome: event.outcome,
          items: event.items,
          failed: event.failed,
          nextRunAtMs: event.nextRunAtMs,
          wait: event.wait,
        });
        return;
      case 'commit':
        trace.emit({ kind: 'commit', unit: event.unit, mailbox: event.mailboxId, writes: event.writes });
        return;
      case 'send':
        trace.emit({
          kind: 'send',
          mailbox: event.mailboxId,
          record: event.emailId,
          outcome: event.outcome,
          attempt: event.attempt,
        });
        return;
      case 'alert':
        trace.emit({ kind: 'alert', mailbox: event.mailboxId, code: event.code, severity: event.severity });
        return;
      case 'engine':
        trace.emit({ kind: 'engine', what: event.what, engine });
        return;
      default:
        return unknownEvent(event);
    }
  };
}

function unknownEvent(event: never): never {
  throw new TypeError(`no such event of the engine: ${JSON.stringify(event)}`);
}
