import type { SmtpExtension, SmtpProfile } from '../profiles/profile.ts';

/** ESMTP parameters and the extension that brings each (RFC 1870, 6152, 6531, 3461, 4954). */
const senderParameters: Readonly<Record<string, SmtpExtension>> = {
  SIZE: 'SIZE',
  BODY: '8BITMIME',
  SMTPUTF8: 'SMTPUTF8',
  RET: 'DSN',
  ENVID: 'DSN',
  AUTH: 'AUTH',
};
const recipientParameters: Readonly<Record<string, SmtpExtension>> = { NOTIFY: 'DSN', ORCPT: 'DSN' };

/** The first parameter of MAIL or RCPT that belongs to no extension the profile offers. */
export function unsupportedParameter(
  profile: SmtpProfile,
  verb: 'MAIL' | 'RCPT',
  args: Readonly<Record<string, unknown>> | false,
): string | undefined {
  if (args === false) return undefined;
  const known = verb === 'MAIL' ? senderParameters : recipientParameters;
  return Object.keys(args).find((name) => {
    const extension = known[name];
    return extension === undefined || !profile.extensions.includes(extension);
  });
}
