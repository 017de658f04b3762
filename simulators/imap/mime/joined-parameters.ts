type Parameters = readonly (readonly [name: string, value: string])[];

/**
 * Parameters with their continuations (RFC 2231 section 3) put together: `name*0`, `name*1` become `name`; as soon as
 * one of them is encoded, `name*`. What RFC 2231 has a say in stands after the others, by name, as Dovecot has it.
 */
export function joinedParameters(parameters: Parameters): Parameters {
  const extended = parameters.filter(([name]) => name.includes('*'));
  if (extended.length === 0) return parameters;
  const out: (readonly [string, string])[] = [];
  const done = new Set<string>();
  for (const [name, value] of extended) {
    const base = /^(.*)\*\d+\*?$/.exec(name)?.[1];
    if (base === undefined) out.push([name, value]);
    else if (!done.has(base.toLowerCase())) {
      done.add(base.toLowerCase());
      out.push(joined(base, parameters));
    }
  }
  out.sort(([one], [other]) => (one < other ? -1 : 1));
  return [...parameters.filter(([name]) => !name.includes('*')), ...out];
}

function joined(base: string, parameters: Parameters): readonly [string, string] {
  const pieces = parameters
    .map(([name, value]) => ({ match: /^(.*)\*(\d+)(\*?)$/.exec(name), value }))
    .filter(({ match }) => match?.[1]?.toLowerCase() === base.toLowerCase())
    .map(({ match, value }) => ({ at: Number(match?.[2]), encoded: match?.[3] === '*', value }))
    .sort((a, b) => a.at - b.at);
  const encoded = pieces.some((piece) => piece.encoded);
  const text = pieces.map(({ value }) => value).join('');
  return [encoded ? `${base}*` : base, text];
}
