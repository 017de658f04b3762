/**
 * An error reply. Outlook's resources speak in the codes of Exchange (`ErrorItemNotFound`), the rest of Graph in its own
 * (`accessDenied`). The envelope around it is made by the frame.
 */
export class GraphError extends Error {
  readonly status: number;
  /** `error.code`, as it is spelled on the wire. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'GraphError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/**
 * What is to be answered for an error that was thrown: the error itself, or one of the parts of Graph that can be used
 * without the frame and carry a whole reply. Undefined for errors nobody meant.
 */
export function refusalOf(error: unknown): GraphError | undefined {
  if (error instanceof GraphError || !(error instanceof Error))
    return error instanceof GraphError ? error : undefined;
  const status: unknown = Reflect.get(error, 'status');
  const code: unknown = Reflect.get(error, 'code');
  if (typeof status !== 'number' || typeof code !== 'string') return undefined;
  return new GraphError(status, code, error.message);
}
