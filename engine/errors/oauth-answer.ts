/** A reply of a token endpoint that is no success, read as far as it can be. */
export interface OAuthAnswer {
  readonly status: number;
  /** `error` (RFC 6749 5.2); empty when the body has none. */
  readonly error: string;
  /** The first of `error_codes`: the number behind `AADSTS`. */
  readonly number: number | undefined;
  /** The first line of `error_description`, or what a body that is no OAuth error says. */
  readonly message: string;
  /** The wait of its Retry-After header, ms. */
  readonly retryAfterMs?: number | undefined;
}

/** Reads the error envelope of a token endpoint, and what comes in its place: plain text, HTML, nothing. */
export function readOAuthError(body: string): Pick<OAuthAnswer, 'error' | 'number' | 'message'> {
  const text = body.slice(0, 16_384).trim();
  const parsed = parse(text);
  if (parsed === undefined) return { error: '', number: undefined, message: text.replace(/<[^>]*>/g, ' ') };
  const description = words(parsed, 'error_description').split(/\r?\n| Trace ID: /)[0] ?? '';
  return { error: words(parsed, 'error'), number: numberOf(parsed, description), message: description };
}

function parse(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function numberOf(parsed: object, description: string): number | undefined {
  const codes: unknown = Reflect.get(parsed, 'error_codes');
  if (Array.isArray(codes) && typeof codes[0] === 'number') return codes[0];
  const named = /\bAADSTS(\d{4,9})\b/.exec(description)?.[1];
  return named === undefined ? undefined : Number(named);
}

function words(of: object, name: string): string {
  const value: unknown = Reflect.get(of, name);
  return typeof value === 'string' ? value : '';
}
