/** The subject without what replies and forwards put around it (RFC 5256 section 2.1). */
export function baseSubject(subject: string): string {
  let text = subject.replace(/[ \t\r\n]+/g, ' ').trim();
  for (;;) {
    const before = text;
    text = text.replace(/(?:\s*\(fwd\))+\s*$/i, '').trimEnd();
    for (;;) {
      const leader = /^(?:\[[^[\]]*\]\s*)*(?:re|fwd?)\s*(?:\[[^[\]]*\]\s*)?:\s*/i.exec(text);
      if (leader !== null) {
        text = text.slice(leader[0].length);
        continue;
      }
      const blob = /^\[[^[\]]*\]\s*/.exec(text);
      if (blob === null || blob[0].length === text.length) break;
      text = text.slice(blob[0].length);
    }
    const forwarded = /^\[fwd:\s*(.*)\]$/i.exec(text);
    if (forwarded !== null) text = (forwarded[1] ?? '').trim();
    if (text === before) return text;
  }
}
