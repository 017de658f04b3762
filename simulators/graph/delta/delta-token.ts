/** What a token says of itself: which collection it belongs to, and which state of it. */
export interface DeltaToken {
  /** `messages <folder>` or `folders`. */
  readonly collection: string;
  readonly generation: number;
}

const sealLength = 8;

/** A token as it stands in a link: letters, digits, `-` and `_`; one state has one token. */
export function encodeDeltaToken({ collection, generation }: DeltaToken): string {
  const body = Buffer.from(`${generation} ${collection}`).toString('base64url');
  return sealOf(body) + body;
}

/** The token read back; undefined when it is none of ours, or was damaged. */
export function decodeDeltaToken(text: string): DeltaToken | undefined {
  const body = text.slice(sealLength);
  if (text.length <= sealLength || sealOf(body) !== text.slice(0, sealLength)) return undefined;
  const [, generation, collection] =
    /^(\d+) ([\s\S]+)$/.exec(Buffer.from(body, 'base64url').toString()) ?? [];
  return collection === undefined ? undefined : { collection, generation: Number(generation) };
}

/** FNV-1a, 32 bits: it finds damage, and keeps nobody out. */
function sealOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(sealLength, '0');
}
