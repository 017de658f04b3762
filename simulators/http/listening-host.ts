import type { LinkOptions } from '../network/world-network.ts';
import type { HttpHandler } from './http-handler.ts';

export interface HttpListenOptions {
  readonly host: string;
  readonly handler: HttpHandler;
  readonly link?: LinkOptions | undefined;
}

/** A host with its counts, as connections see it. */
export interface ListeningHost extends HttpListenOptions {
  open: number;
  peakOpen: number;
  accepted: number;
}
