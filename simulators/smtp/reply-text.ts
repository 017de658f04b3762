import { ehloLines } from './ehlo-lines.ts';
import type { SmtpConversation } from './smtp-conversation.ts';
import { situationOf } from './wording.ts';

/** How the profile words what smtp-server wants to say. */
export function replyText(
  conversation: SmtpConversation,
  code: number,
  data: string | string[],
  context: string | false | undefined,
): string {
  const { replies } = conversation.profile;
  if (code === 250 && conversation.exchange.verb === 'EHLO' && Array.isArray(data))
    return [
      replies.ehlo ?? '250 {host}',
      ...ehloLines(conversation.profile, conversation.secure).map((line) => `250 ${line}`),
    ]
      .map((line, index, lines) => (index < lines.length - 1 ? `250-${line.slice(4)}` : line))
      .join('\n');
  if (code === 250 && conversation.exchange.verb === 'HELO') return replies.helo ?? '250 {host}';
  const text = Array.isArray(data) ? data.join(' ') : data;
  if (code === 334) return `334 ${text}`;
  const situation = situationOf(text, context);
  const worded = situation === undefined ? undefined : replies[situation];
  if (worded !== undefined) return worded;
  const enhanced = conversation._getEnhancedStatusCode(code, context);
  return enhanced === '' ? `${code} ${text}` : `${code} ${enhanced} ${text}`;
}
