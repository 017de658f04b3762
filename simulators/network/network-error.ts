/** An error as Node's sockets give it: `code` is what programs look at. */
export function networkError(code: string, doing: string, detail: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${doing} ${code}: ${detail}`), { code, syscall: doing });
}
