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
