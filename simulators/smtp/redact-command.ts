/** Commands whose arguments hold no secret; anything else may be a stray line of an AUTH exchange. */
const harmless: ReadonlySet<string> = new Set([
  'HELO',
  'EHLO',
  'STARTTLS',
  'MAIL',
  'RCPT',
  'DATA',
  'RSET',
  'NOOP',
  'VRFY',
  'HELP',
  'QUIT',
]);

/** A command as it may be traced: `AUTH` keeps its mechanism, an unknown line becomes `?` and nothing more. */
export function redactCommand(line: string): {
  verb: string;
  command: string;
  argument?: string | undefined;
} {
  const space = line.indexOf(' ');
  const verb = (space < 0 ? line : line.slice(0, space)).trim().toUpperCase();
  const argument = space < 0 ? undefined : line.slice(space + 1);
  if (harmless.has(verb)) return { verb, command: verb, argument };
  if (verb !== 'AUTH') return { verb, command: '?' };
  const [mechanism = '', initial] = (argument ?? '').trim().split(/\s+/);
  const name = /^[A-Za-z0-9-]{1,20}$/.test(mechanism) ? mechanism.toUpperCase() : '?';
  return { verb, command: verb, argument: initial === undefined ? name : `${name} [redacted]` };
}
