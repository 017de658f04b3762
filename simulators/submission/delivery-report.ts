import { messageIdOf } from '../mailbox/raw-facts.ts';
import { mailDate } from './mail-date.ts';

/** What became of one recipient (RFC 3464 section 2.3). */
export interface ReportedRecipient {
  readonly address: string;
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed';
  /** `5.1.1` */
  readonly status: string;
  /** The reply that stands for the reason, as a server said it or would have. */
  readonly diagnostic?: string | undefined;
  /** ORCPT of RFC 3461, decoded: `rfc822;someone@example.org`. */
  readonly originalRecipient?: string | undefined;
}

export interface ReportOptions {
  readonly host: string;
  /** Unique in the world; names the report and its boundary. */
  readonly id: string;
  readonly atMs: number;
  readonly to: string;
  readonly recipients: readonly ReportedRecipient[];
  /** The message the report is about, as it was received. */
  readonly original: Buffer;
  /** `FULL` returns the message, `HDRS` its header only (RFC 3461 section 4.3). */
  readonly returns: 'FULL' | 'HDRS';
  readonly envelopeId?: string | undefined;
}

const subjects: Readonly<Record<ReportedRecipient['action'], string>> = {
  failed: 'Undelivered Mail Returned to Sender',
  delayed: 'Delayed Mail (still being retried)',
  delivered: 'Successful Mail Delivery Report',
  relayed: 'Successful Mail Delivery Report',
};

/** A delivery status notification: multipart/report (RFC 6522) with message/delivery-status (RFC 3464). */
export function deliveryReport(options: ReportOptions): Buffer {
  const { host, id, atMs, to, recipients, original, returns, envelopeId } = options;
  const boundary = `${id}/${host}`;
  const first = recipients[0]?.action ?? 'failed';
  const references = messageIdOf(original);
  const lines = [
    `From: Mail Delivery System <MAILER-DAEMON@${host}>`,
    `To: <${to}>`,
    `Subject: ${subjects[first]}`,
    `Date: ${mailDate(atMs)}`,
    `Message-ID: <${id}@${host}>`,
    ...(references === undefined ? [] : [`In-Reply-To: ${references}`, `References: ${references}`]),
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    `This is the mail system at host ${host}.`,
    '',
    ...recipients.map(({ address, action, diagnostic }) => `<${address}>: ${diagnostic ?? action}`),
    '',
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; ${host}`,
    ...(envelopeId === undefined ? [] : [`Original-Envelope-Id: ${envelopeId}`]),
    `Arrival-Date: ${mailDate(atMs)}`,
  ];
  for (const { address, action, status, diagnostic, originalRecipient } of recipients) {
    lines.push('', `Final-Recipient: rfc822; ${address}`);
    if (originalRecipient !== undefined) lines.push(`Original-Recipient: ${originalRecipient}`);
    lines.push(`Action: ${action}`, `Status: ${status}`);
    if (diagnostic !== undefined) lines.push(`Diagnostic-Code: smtp; ${diagnostic}`);
  }
  lines.push(
    '',
    `--${boundary}`,
    returns === 'FULL' ? 'Content-Type: message/rfc822' : 'Content-Type: text/rfc822-headers',
    '',
    '',
  );
  const returned = returns === 'FULL' ? original : headerOf(original);
  return Buffer.concat([
    Buffer.from(lines.join('\r\n')),
    returned,
    Buffer.from(`${endsLine(returned) ? '' : '\r\n'}\r\n--${boundary}--\r\n`),
  ]);
}

/** The enhanced status code inside a reply, else the class its first digit says. */
export function statusOf(reply: string): string {
  return /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(reply)?.[1] ?? `${reply.charAt(0)}.0.0`;
}

function headerOf(raw: Buffer): Buffer {
  const end = raw.indexOf('\r\n\r\n');
  return end < 0 ? raw : raw.subarray(0, end + 2);
}

function endsLine(raw: Buffer): boolean {
  return raw.length > 0 && raw[raw.length - 1] === 0x0a;
}
