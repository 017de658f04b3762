import { standardFolders } from '../mailbox/folder.ts';
import type { RecipientOutcome } from '../mailbox/ground-truth.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { ServerContext } from '../server-context.ts';
import { deliveryReport, type ReportedRecipient, statusOf } from './delivery-report.ts';
import { mailDate } from './mail-date.ts';

export interface SubmissionRecipient {
  readonly address: string;
  /**
   * NOTIFY of RFC 3461, upper case; undefined asks for failures only. DELAY is taken and never due: a message that was
   * accepted is delivered, relayed or refused at once.
   */
  readonly notify?: readonly string[] | undefined;
  /** ORCPT of RFC 3461, decoded. */
  readonly originalRecipient?: string | undefined;
}

/** What a provider does with every submission, whatever door it came in by. */
export interface SubmissionManner {
  /** The reply an unknown local recipient is reported with. */
  readonly unknownRecipientBounce?: string | undefined;
  /** The provider itself files a copy in Sent. */
  readonly savesSentCopy: boolean;
  /** How long after acceptance a report reaches the sender. */
  readonly reportAfterMs: number;
}

/** A message its server has taken responsibility for. */
export interface Submission {
  readonly id: string;
  readonly host: string;
  /** `ESMTPSA` and the like (RFC 3848); `mapi` for what came in by no mail protocol. */
  readonly transmission: string;
  readonly helo: string;
  readonly remoteAddress: string;
  readonly sender: string;
  readonly recipients: readonly SubmissionRecipient[];
  readonly raw: Buffer;
  readonly mailbox: Mailbox | undefined;
  readonly returns: 'FULL' | 'HDRS' | undefined;
  readonly envelopeId: string | undefined;
  /** Accept it, deliver to nobody, and tell the sender later with this reply. */
  readonly bounce: string | undefined;
}

const seen: readonly string[] = ['\\Seen'];

/**
 * Carries out an accepted submission. Local recipients get `Return-Path`, one `Received` (RFC 5321 section 4.4) and
 * the message as it was sent; addresses outside get `Received` and the message; the copy in Sent is the message
 * alone, or, where folders are labels, what the sender sent to itself. Whatever bounces, or was asked for with NOTIFY, is reported later by mail from `<>`.
 */
export function carryOutSubmission(
  context: ServerContext,
  manner: SubmissionManner,
  submission: Submission,
): RecipientOutcome[] {
  const { mail } = context;
  const { sender, raw, bounce } = submission;
  const received = Buffer.from(receivedField(submission, context.clock.now()), 'utf8');
  const outcomes: RecipientOutcome[] = [];
  const reports: ReportedRecipient[] = [];
  let toItself: string | undefined;
  let inbound: Buffer | undefined;
  let outbound: Buffer | undefined;

  for (const { address, notify, originalRecipient } of submission.recipients) {
    const report = (action: ReportedRecipient['action'], status: string, diagnostic?: string): void => {
      const wanted =
        action === 'failed' ? (notify?.includes('FAILURE') ?? true) : notify?.includes('SUCCESS');
      if (wanted === true) reports.push({ address, action, status, diagnostic, originalRecipient });
    };
    const drop = (reply: string): void => {
      outcomes.push({ address, outcome: 'dropped', reply });
      report('failed', statusOf(reply), reply);
    };
    if (bounce !== undefined) {
      drop(bounce);
      continue;
    }
    const mailbox = mail.find(address);
    if (mailbox !== undefined) {
      inbound ??= Buffer.concat([Buffer.from(`Return-Path: <${sender}>\r\n`), received, raw]);
      const { id: message } = mail.deliver(mailbox, { raw: inbound, envelopeFrom: sender });
      if (mailbox === submission.mailbox) toItself = message;
      outcomes.push({ address, outcome: 'delivered', message });
      report('delivered', '2.0.0');
    } else if (mail.isLocal(address)) {
      drop(manner.unknownRecipientBounce ?? `550 5.1.1 <${address}>: Recipient address rejected`);
    } else {
      outbound ??= Buffer.concat([received, raw]);
      mail.sendOutside(address, { raw: outbound, envelopeFrom: sender });
      outcomes.push({ address, outcome: 'outside' });
      report('relayed', '2.0.0');
    }
  }
  if (toItself !== undefined && submission.mailbox?.labels === true && manner.savesSentCopy)
    submission.mailbox.copy(toItself, standardFolders.sent);
  else if (manner.savesSentCopy && submission.mailbox !== undefined)
    mail.deliver(submission.mailbox, {
      raw,
      envelopeFrom: sender,
      folder: standardFolders.sent,
      flags: seen,
    });
  if (reports.length > 0 && sender !== '')
    context.clock.setTimeout(() => sendReports(context, submission, reports), manner.reportAfterMs);
  return outcomes;
}

/** One report for the failed, one for the rest, as an MTA sends them; each from the null sender (RFC 3464). */
function sendReports(
  context: ServerContext,
  submission: Submission,
  reports: readonly ReportedRecipient[],
): void {
  const { mail, clock } = context;
  const { host, id, sender, raw, envelopeId } = submission;
  const failed = reports.filter(({ action }) => action === 'failed');
  const succeeded = reports.filter(({ action }) => action !== 'failed');
  for (const [suffix, recipients] of [
    ['bounce', failed],
    ['report', succeeded],
  ] as const) {
    if (recipients.length === 0) continue;
    const report = deliveryReport({
      host,
      id: `${id}.${suffix}`,
      atMs: clock.now(),
      to: sender,
      recipients,
      original: raw,
      // RFC 3461 section 4.3: a report of success returns the header only.
      returns: suffix === 'bounce' ? (submission.returns ?? 'FULL') : 'HDRS',
      envelopeId,
    });
    const mailbox = mail.find(sender);
    if (mailbox === undefined) {
      if (!mail.isLocal(sender)) mail.sendOutside(sender, { raw: report, envelopeFrom: '' });
    } else
      mail.deliver(mailbox, {
        raw: Buffer.concat([Buffer.from('Return-Path: <>\r\n'), report]),
        envelopeFrom: '',
      });
  }
}

function receivedField(submission: Submission, atMs: number): string {
  const { helo, remoteAddress, host, transmission, id } = submission;
  return `Received: from ${helo} ([${remoteAddress}])\r\n\tby ${host} with ${transmission} id ${id};\r\n\t${mailDate(atMs)}\r\n`;
}
