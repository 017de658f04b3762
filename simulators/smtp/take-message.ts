import type { SMTPServerDataStream } from 'smtp-server';
import type { Ending } from '../network/end-connection.ts';
import { outcomeOf } from '../rules/outcome.ts';
import { judgeMessage } from './judge-message.ts';
import type { SmtpConversation } from './smtp-conversation.ts';

/** Takes in the message, and decides after the final dot. */
export function takeMessage(
  conversation: SmtpConversation,
  stream: SMTPServerDataStream,
  callback: (error?: Error | null) => void,
): void {
  const chunks: Buffer[] = [];
  const { maxMessageBytes } = conversation.profile;
  let sizeBytes = 0;
  let end: (() => void) | undefined = () => {
    const raw = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks); // length 1
    judgeMessage(conversation, raw, sizeBytes, callback);
  };
  let breakOff: { atBytes: number; how: Ending | 'hang' } | undefined;
  stream.on('error', () => {});
  stream.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    conversation.idle.heard();
    if (sizeBytes <= maxMessageBytes) chunks.push(chunk);
    if (breakOff !== undefined && sizeBytes >= breakOff.atBytes) {
      end = undefined;
      conversation.end(breakOff.how);
    }
  });
  stream.on('end', () => end?.());
  const intervention = conversation.context.rules.active
    ? conversation.context.rules.at(conversation.site('body', 'DATA', undefined))
    : undefined;
  if (intervention === undefined) return;
  const outcome = outcomeOf(intervention, conversation.means);
  if (outcome.kind === 'end') breakOff = { atBytes: 1, how: outcome.how };
  else if (outcome.kind === 'say') {
    const { text, close } = outcome;
    end = () => conversation.refuseWith(text, close, callback);
  } else if (outcome.manner?.cut !== undefined) {
    const { afterBytes, afterShare = 0, end: how } = outcome.manner.cut;
    // A share is of what SIZE announced; without it the upload breaks off at its first bytes.
    const atBytes = Math.max(1, afterBytes ?? Math.floor((conversation.declaredBytes ?? 0) * afterShare));
    breakOff = { atBytes, how };
  } else conversation.exchange.manner = outcome.manner;
  if (intervention.delayMs > 0) {
    stream.pause();
    conversation.later(intervention.delayMs, () => void stream.resume());
  }
}
