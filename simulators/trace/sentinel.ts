import { createHook } from 'node:async_hooks';

/** Something that would make two runs of one seed differ. */
export interface Leak {
  readonly resource: string;
  readonly callSite: string;
  readonly count: number;
}

/**
 * Asynchronous work whose completion the virtual clock does not order: real timers, sockets, files, the resolver,
 * the thread pool. `Immediate` is not here: immediates are counted by the clock.
 */
const leaky = new Set([
  'Timeout',
  'TCPWRAP',
  'TCPCONNECTWRAP',
  'TCPSERVERWRAP',
  'PIPEWRAP',
  'UDPWRAP',
  'GETADDRINFOREQWRAP',
  'GETNAMEINFOREQWRAP',
  'QUERYWRAP',
  'FSREQCALLBACK',
  'FSREQPROMISE',
  'FILEHANDLE',
  'RANDOMBYTESREQUEST',
  'PBKDF2REQUEST',
  'SCRYPTREQUEST',
  'HASHREQUEST',
  'SIGNREQUEST',
  'KEYPAIRGENREQUEST',
  'ZLIB',
  'PROCESSWRAP',
  'WORKER',
]);

/** Callers that are the machinery around a world, not the world: the test runner's own reporting. */
const outside = [
  '/node_modules/vitest/',
  '/node_modules/@vitest/',
  '/node_modules/vite-node/',
  '/node_modules/tinypool/',
];

/** Watches one world from `start` to `stop` and names the call site of everything that would break its determinism. */
export class Sentinel {
  readonly #leaks = new Map<string, { resource: string; callSite: string; count: number }>();
  readonly #hook = createHook({
    init: (_id, type) => {
      if (leaky.has(type)) this.#record(type);
    },
    trackPromises: false,
  });

  start(): void {
    // Node opens these when they are first looked at, which `stream.pipe` does: no work of the world.
    void process.stdout;
    void process.stderr;
    this.#hook.enable();
  }

  stop(): readonly Leak[] {
    this.#hook.disable();
    return [...this.#leaks.values()];
  }

  #record(resource: string): void {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 40;
    const stack = new Error(resource).stack ?? '';
    Error.stackTraceLimit = stackTraceLimit;
    const frames = stack
      .split('\n')
      .slice(1)
      .map((frame) => frame.trim().replace(/^at /, ''))
      .filter((frame) => !frame.includes('node:') && !frame.includes('/trace/sentinel.ts'));
    // What zlib does in the call itself is done when it returns.
    if (resource === 'ZLIB' && /\bsyncBufferWrapper\b/.test(stack)) return;
    if (outside.some((part) => frames[0]?.includes(part))) return;
    const callSite = frames.slice(0, 4).join(' < ') || 'inside Node, on behalf of nobody';
    const key = `${resource} ${callSite}`;
    const leak = this.#leaks.get(key);
    if (leak === undefined) this.#leaks.set(key, { resource, callSite, count: 1 });
    else leak.count += 1;
  }
}
