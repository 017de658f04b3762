import type { LimiterDefinition } from '../limiter.ts';
import { Concurrency } from './concurrency.ts';
import { FixedWindow } from './fixed.ts';
import { FixedUniqueWindow } from './fixed-unique.ts';
import type { Meter } from './meter.ts';
import { PerConnection } from './per-connection.ts';
import { PerRequest } from './per-request.ts';
import { SlidingWindow } from './sliding.ts';
import { SlidingUniqueWindow } from './sliding-unique.ts';
import { TokenBucket } from './token-bucket.ts';

/** An empty meter for one key of a limiter. Throws when the limiter's unit cannot be counted in its kind of window. */
export function meterFor({ id, limit, unit, window, judgedAt }: LimiterDefinition): Meter {
  const unique = unit === 'uniqueRecipients';
  switch (window.kind) {
    case 'fixed':
      return unique ? new FixedUniqueWindow(limit, window.periodMs) : new FixedWindow(limit, window.periodMs);
    case 'sliding':
      return unique
        ? new SlidingUniqueWindow(limit, window.periodMs)
        : new SlidingWindow(limit, window.periodMs);
    case 'token-bucket':
      if (unique) break;
      return new TokenBucket(limit, window.refillPerSecond);
    case 'concurrency':
      return new Concurrency(limit);
    case 'per-request':
      if (unique) break;
      return new PerRequest(limit, judgedAt.command === 'RCPT');
    case 'per-connection':
      if (unique) break;
      return new PerConnection(limit);
    default:
      return unknownWindow(window);
  }
  throw new Error(
    `Limiter ${id} counts unique recipients, which needs a fixed or sliding window, not ${window.kind}.`,
  );
}

function unknownWindow(window: never): never {
  throw new Error(`No meter for the window ${JSON.stringify(window)}: add one to limits/kinds.`);
}
