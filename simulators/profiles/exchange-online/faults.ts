import type { CannedFault } from '../profile.ts';
import { refusalAtDot, refusalOf } from '../refusal.ts';

const ndrs = 'Email NDRs in Exchange Online (OfficeDocs-Exchange; SupportArticles-docs commit ae5c3e0)';
const oauth =
  'office-developer-exchange-docs how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth.md';
const printers =
  'OfficeDocs-Support fix-issues-with-printers-scanners-and-lob-applications-that-send-email-using-off.md';

/** What Exchange Online is known to say when something is wrong. */
export const faults: readonly CannedFault[] = [
  refusalOf('smtp', 'AUTH', {
    id: 'exo.smtp.authDisabledTenant',
    text: '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [{host} {iso8601} {hex}]',
    confidence: 'R',
    source: 'email-oauth2-proxy#193',
  }),
  refusalOf('smtp', 'AUTH', {
    id: 'exo.smtp.basicDisabled',
    text: '535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [{host} {iso8601} {hex}]',
    confidence: 'R',
    source: 'nodemailer#1714',
  }),
  refusalOf('smtp', 'AUTH', {
    id: 'exo.smtp.basicRetired',
    text: '550 5.7.30 Basic authentication is not supported for Client Submission.',
    confidence: 'D',
    source: 'Exchange Team Blog 4114750',
  }),
  refusalOf('smtp', 'AUTH', {
    id: 'exo.smtp.badCredentials',
    text: '535 5.7.3 Authentication unsuccessful [{host}]',
    confidence: 'D',
    source: oauth,
  }),
  refusalOf('smtp', 'MAIL', {
    id: 'exo.smtp.notAuthenticated',
    text: '530 5.7.57 Client not authenticated to send mail.',
    confidence: 'D',
    source: `${printers} (the code 530 is inferred)`,
  }),
  refusalOf('smtp', 'MAIL', {
    id: 'exo.smtp.reputationTemp',
    text: '451 4.7.500 Access denied, please try again later',
    confidence: 'D',
    source: `${ndrs} (the code 451 is inferred)`,
  }),
  refusalOf('smtp', 'RCPT', {
    id: 'exo.smtp.manyRcptInbound',
    text: '452 4.5.3 Too many recipients',
    confidence: 'D',
    source: ndrs,
  }),
  refusalAtDot({
    id: 'exo.smtp.sendAsDenied',
    text: '554 5.2.252 SendAsDenied; {login} not allowed to send as {from}; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message [BeginDiagnosticData]Cannot submit message.',
    confidence: 'R',
    source: `public SMTP logs; ${printers}`,
  }),
  refusalAtDot({
    id: 'exo.smtp.mailboxFull',
    text: '554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded',
    confidence: 'D',
    source:
      'learn.microsoft.com exchange/troubleshoot/send-emails/smtp-submission-improvements; OfficeDocs-Support PR#1991',
  }),
  refusalAtDot({
    id: 'exo.smtp.blockedSender',
    text: '550 5.1.8 Access denied, bad outbound sender',
    confidence: 'D',
    source: ndrs,
  }),
  refusalOf('pop3', 'AUTH', {
    id: 'exo.pop3.authFailed',
    text: '-ERR Authentication failure: unknown user name or bad password.',
    confidence: 'D',
    source: oauth,
  }),
];
