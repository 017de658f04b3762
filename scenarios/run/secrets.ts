/** Every password of a world begins with this, so that one that got into a trace can be recognised. */
export const secretMark = 's3cr3t+';

/** The password of a mailbox; `generation` counts its changes. */
export function passwordOf(mailbox: string, generation = 0): string {
  return `${secretMark}${mailbox}-${generation}`;
}
