type Parameters = readonly (readonly [name: string, value: string])[];

/**
 * Parameters with their continuations (RFC 2231 section 3) put together where the first one stands: `name*0`, `name*1`
 * become `name`; as soon as one of them is encoded, `name*`, and what was plain in it is encoded too.
 */
export function joinedParameters(parameters: Parameters): Parameters {
  if (!parameters.some(([name]) => /\*\d+\*?$/.test(name))) return parameters;
  const out: (readonly [string, string])[] = [];
  const done = new Set<string>();
  for (const [name, value] of parameters) {
    const base = /^(.*)\*\d+\*?$/.exec(name)?.[1]?.toLowerCase();
    if (base === undefined) out.push([name, value]);
    else if (!done.has(base)) {
      done.add(base);
      out.push(joined(base, parameters));
    }
  }
  return out;
}

function joined(base: string, parameters: Parameters): readonly [string, string] {
  const pieces = parameters
    .map(([name, value]) => ({ match: /^(.*)\*(\d+)(\*?)$/.exec(name), value }))
    .filter(({ match }) => match?.[1]?.toLowerCase() === base)
    .map(({ match, value }) => ({ at: Number(match?.[2]), encoded: match?.[3] === '*', value }))
    .sort((a, b) => a.at - b.at);
  const encoded = pieces.some((piece) => piece.encoded);
  const text = pieces
    .map((piece) =>
      encoded && !piece.encoded ? piece.value.replace(/[^A-Za-z0-9.-]/g, percent) : piece.value,
    )
    .join('');
  return [encoded ? `${base}*` : base, text];
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
