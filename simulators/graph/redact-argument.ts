const longest = 400;

/** The path and query of a request as rules and traces see them: without what would open something. */
export function redactArgument(rest: string): string {
  const safe = /(?:authtoken|validationtoken|access_token)=/i.test(rest)
    ? rest.replace(/((?:authtoken|validationtoken|access_token)=)[^&]*/gi, '$1[redacted]')
    : rest;
  return safe.length > longest ? `${safe.slice(0, longest)}…` : safe;
}
