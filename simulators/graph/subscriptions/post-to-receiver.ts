import type { Clock } from '../../clock/clock.ts';

/** Whoever carries requests to receivers; it behaves as `fetch` does. */
export type Deliver = (request: Request) => Promise<Response>;

/** How a receiver took a request. `failed`: no connection, or it broke; `timeout`: no answer in time. */
export type ReceiverAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string; readonly tookMs: number }
  | { readonly kind: 'failed' | 'timeout'; readonly tookMs: number };

export interface PostOptions {
  readonly deliverTo: Deliver;
  readonly clock: Clock;
  readonly url: string;
  readonly body: string;
  readonly contentType: string;
  readonly withinMs: number;
}

/** Posts to a receiver and waits for its whole answer, by the world's clock. Never rejects. */
export function postToReceiver(options: PostOptions): Promise<ReceiverAnswer> {
  const { deliverTo, clock, url, body, contentType, withinMs } = options;
  const startedMs = clock.now();
  const abort = new AbortController();
  return new Promise((resolve) => {
    const settle = (answer: ReceiverAnswer): void => {
      clock.clearTimeout(timer);
      resolve(answer);
    };
    const tookMs = (): number => clock.now() - startedMs;
    const timer = clock.setTimeout(() => {
      settle({ kind: 'timeout', tookMs: tookMs() });
      abort.abort();
    }, withinMs);
    const request = new Request(url, {
      method: 'POST',
      headers: { 'Content-Type': contentType },
      body,
      signal: abort.signal,
    });
    Promise.resolve()
      .then(() => deliverTo(request))
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .then(
        ({ status, text }) => settle({ kind: 'answer', status, text, tookMs: tookMs() }),
        () => settle({ kind: 'failed', tookMs: tookMs() }),
      );
  });
}
