import type { SmtpProfile } from '../profiles/profile.ts';

/** Extension lines of a reply to EHLO, in the profile's order: what can be used now, and nothing else. */
export function ehloLines(profile: SmtpProfile, secure: boolean): string[] {
  const lines: string[] = [];
  for (const extension of profile.extensions) {
    if (extension === 'SIZE') lines.push(`SIZE ${profile.maxMessageBytes}`);
    else if (extension === 'AUTH') {
      if (secure || !profile.authNeedsTls) lines.push(`AUTH ${profile.auth.join(' ')}`);
    } else if (extension === 'STARTTLS') {
      if (!secure) lines.push('STARTTLS');
    } else lines.push(extension);
  }
  return lines;
}
