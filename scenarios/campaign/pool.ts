import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Task, TaskResult } from './task.ts';
import { afterWallMs, wallNowMs } from './wall-clock.ts';

const worker = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? 'worker.ts' : 'worker.js', import.meta.url),
);
/** A worker that has not answered for so long is stuck in a loop that virtual time does not see. */
const patienceMs = 180_000;

export interface Finished extends TaskResult {
  readonly wallMs: number;
}

/**
 * Runs tasks in worker processes. Which worker gets a task changes nothing about its result: results come back in
 * the order of the tasks.
 */
export async function runTasks(
  tasks: readonly Task[],
  options: { workers: number; signal: AbortSignal; onFinished: (finished: Finished) => void },
): Promise<Finished[]> {
  const results: Finished[] = [];
  let next = 0;
  const serve = async (): Promise<void> => {
    let child = startWorker();
    try {
      for (;;) {
        const at = next++;
        const task = tasks[at];
        if (task === undefined || options.signal.aborted) return;
        const startedMs = wallNowMs();
        const result = await ask(child, task, options.signal);
        if (options.signal.aborted) return;
        const finished = { ...result, wallMs: wallNowMs() - startedMs };
        results[at] = finished;
        options.onFinished(finished);
        if (!child.connected) child = startWorker();
      }
    } finally {
      if (child.connected) child.disconnect();
      else child.kill('SIGKILL');
    }
  };
  const count = Math.max(1, Math.min(options.workers, tasks.length));
  await Promise.all(Array.from({ length: count }, serve));
  return results;
}

function startWorker(): ChildProcess {
  const child = fork(worker, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, TZ: 'UTC' },
  });
  // Whoever waits for an answer hears of it by the exit, or by what became of the question.
  child.on('error', () => {});
  return child;
}

/** Sends a task and waits for its answer; a worker that dies or falls silent gives a failure of the harness. */
function ask(child: ChildProcess, task: Task, signal: AbortSignal): Promise<TaskResult> {
  return new Promise((resolve) => {
    const finish = (result: TaskResult): void => {
      callOff();
      child.removeAllListeners('message');
      child.removeAllListeners('exit');
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const give = (text: string): void => {
      child.removeAllListeners('message');
      if (child.connected) child.disconnect();
      child.kill('SIGKILL');
      finish(lost(task, text));
    };
    const callOff = afterWallMs(() => give(`no answer for ${patienceMs / 1000} s of real time`), patienceMs);
    const onAbort = (): void => give('interrupted');
    signal.addEventListener('abort', onAbort);
    child.on('message', (result: TaskResult) => finish(result));
    child.on('exit', (code, by) => give(`the worker process ended with ${by ?? `exit code ${code}`}`));
    // One that died before it was asked has no channel any more.
    child.send(task, (error) => {
      if (error !== null) give(`the worker process cannot be asked: ${error.message}`);
    });
  });
}

function lost(task: Task, text: string): TaskResult {
  return {
    task,
    failing: undefined,
    outcome: {
      verdict: { kind: 'harness-fault', text: `run ${task.index} of ${task.suite}: ${text}` },
      digest: '0'.repeat(64),
      virtualMs: 0,
      events: 0,
      invariants: [],
      measurements: [],
      operations: {},
      faults: {},
      throttles: {},
      recording: undefined,
      traceTail: [],
    },
  };
}
