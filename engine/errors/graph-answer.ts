/** A reply of Graph that is no success, read as far as it can be. */
export interface GraphAnswer {
  readonly status: number;
  /** `error.code` as spelled; empty when the body has none. */
  readonly code: string;
  /** `error.message`, or what a body that is no Graph error says in so many words. */
  readonly message: string;
  /** The wait of its Retry-After header, ms. */
  readonly retryAfterMs?: number | undefined;
}

/** Reads the error envelope of Graph, and what gateways in front of it send instead: HTML, plain text, nothing. */
export function readGraphError(body: Uint8Array): Pick<GraphAnswer, 'code' | 'message'> {
  const text = Buffer.from(body.subarray(0, 16_384)).toString('utf8').trim();
  return envelope(text) ?? { code: '', message: plain(text) };
}

function envelope(text: string): { code: string; message: string } | undefined {
  if (!text.startsWith('{')) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const error = field(parsed, 'error');
  if (typeof error === 'string') return { code: error, message: words(field(parsed, 'error_description')) };
  return { code: words(field(error, 'code')), message: words(field(error, 'message')) };
}

function field(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function plain(text: string): string {
  if (!/^<(?:!doctype|html|\?xml)/i.test(text)) return text;
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1];
  return (title ?? text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();
}
