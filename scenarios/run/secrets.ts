/** Every password and token of a world begins with this, so that one that got into a trace can be recognised. */
const mark = 's3cr3t+';

/** The secret of a mailbox; `generation` counts its changes. */
export function passwordOf(mailbox: string, generation = 0): string {
  return `${mark}${mailbox}-${generation}`;
}

/** Name by which the engine asks for the client secret of the application that may enter a domain's mailboxes. */
export const appSecretName = (domain: string): string => `app.${domain}`;

/** The mark as it stands, and as Base64 writes it at each of the three places it can have in a group of bytes. */
const traces = [mark, ...[0, 1, 2].map(inBase64)];

/** Whether a text holds the secret of a mailbox, plain or in Base64. */
export function showsSecret(text: string): boolean {
  return traces.some((trace) => text.includes(trace));
}

function inBase64(offset: number): string {
  const encoded = Buffer.from(`${'x'.repeat(offset)}${mark}`).toString('base64');
  return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + mark.length) * 8) / 6));
}
