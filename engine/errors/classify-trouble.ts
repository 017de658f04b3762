import type { SmtpTrouble } from '../smtp/send-result.ts';
import { classifyNetwork } from './classify-network.ts';
import { type ClassifiedReply, classifySmtp } from './classify-smtp.ts';

/** Classifies whatever ended an SMTP exchange: the server's reply, the network, a time-out, or our own end. */
export function classifyTrouble(trouble: SmtpTrouble): ClassifiedReply {
  const { phase, reply, cause } = trouble;
  if (reply !== undefined) return classifySmtp(reply, phase);
  const said = (text: string): string => `${text} (${phase})`;
  switch (cause) {
    case 'local':
      return isTooLarge(trouble)
        ? verdict(
            trouble,
            'item-permanent',
            'smtp-too-large',
            'message',
            'The server takes no message of this size',
          )
        : verdict(
            trouble,
            'item-permanent',
            'smtp-message-invalid',
            'message',
            'The message cannot be sent as it is',
          );
    case 'timeout':
      return verdict(
        trouble,
        'transient',
        'connection-silent',
        'service',
        said('The server did not answer in time'),
      );
    case 'aborted':
      return verdict(trouble, 'transient', 'cycle-aborted', 'service', said('The engine ended the cycle'));
    case 'lost':
    case 'reply':
      return { ...classifyNetwork(systemError(trouble.error), phase), phase, scope: 'service' };
    default: {
      const never: never = cause;
      throw new Error(`No class for the cause ${String(never)}.`);
    }
  }
}

function verdict(
  trouble: SmtpTrouble,
  errorClass: ClassifiedReply['class'],
  code: string,
  scope: ClassifiedReply['scope'],
  text: string,
): ClassifiedReply {
  return { class: errorClass, code, scope, text, phase: trouble.phase };
}

function isTooLarge({ error }: SmtpTrouble): boolean {
  return error?.message.startsWith('Message size larger than allowed') ?? false;
}

/** The system's own error: nodemailer keeps its code in `originalCode` once it has put its own in `code`. */
function systemError(error: Error | undefined): Error {
  if (error === undefined) return new Error('The connection was closed');
  const original: unknown = Reflect.get(error, 'originalCode');
  return typeof original === 'string' ? Object.assign(new Error(error.message), { code: original }) : error;
}
