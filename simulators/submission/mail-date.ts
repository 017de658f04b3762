/** A date as mail headers write it (RFC 5322 section 3.3), in UTC. */
export function mailDate(atMs: number): string {
  return new Date(atMs).toUTCString().replace('GMT', '+0000');
}
