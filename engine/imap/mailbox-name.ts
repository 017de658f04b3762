/** Names of folders on the wire of IMAP4rev1: modified UTF-7 (RFC 3501 5.1.3). */
export const mailboxName = {
  encode(path: string): string {
    return path.replace(/&|[^\x20-\x7e]+/g, (run) => {
      if (run === '&') return '&-';
      const utf16 = Buffer.from(run, 'utf16le').swap16();
      return `&${utf16.toString('base64').replaceAll('/', ',').replace(/=+$/, '')}-`;
    });
  },
  /** What is not well formed stays as it is. */
  decode(name: string): string {
    return name.replace(/&([A-Za-z0-9+,]*)-/g, (whole, base64: string) => {
      if (base64 === '') return '&';
      const utf16 = Buffer.from(base64.replaceAll(',', '/'), 'base64');
      return utf16.length % 2 === 0 ? utf16.swap16().toString('utf16le') : whole;
    });
  },
} as const;
