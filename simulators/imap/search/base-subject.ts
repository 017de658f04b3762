/** The subject without what replies and forwards put around it (RFC 5256 section 2.1). */
export function baseSubject(subject: string): string {
  return takenApart(subject).base;
}

/** Whether a subject has something around it that replies and forwards put there; a `[list]` name alone is not that. */
export function isReplyOrForward(subject: string): boolean {
  return takenApart(subject).isReply;
}

function takenApart(subject: string): { base: string; isReply: boolean } {
  let isReply = false;
  let text = subject.replace(/[ \t\r\n]+/g, ' ').trim();
  for (;;) {
    const before = text;
    text = text.replace(/(?:\s*\(fwd\))+\s*$/i, '').trimEnd();
    isReply ||= text !== before;
    for (;;) {
      const leader = /^(?:\[[^[\]]*\]\s*)*(?:re|fwd?)\s*(?:\[[^[\]]*\]\s*)?:\s*/i.exec(text);
      if (leader !== null) {
        text = text.slice(leader[0].length);
        isReply = true;
        continue;
      }
      const blob = /^\[[^[\]]*\]\s*/.exec(text);
      if (blob === null || blob[0].length === text.length) break;
      text = text.slice(blob[0].length);
    }
    const forwarded = /^\[fwd:\s*(.*)\]$/i.exec(text);
    if (forwarded !== null) {
      text = (forwarded[1] ?? '').trim();
      isReply = true;
    }
    if (text === before) return { base: text, isReply };
  }
}
