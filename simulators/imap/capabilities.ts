import type { ImapCapability, ImapProfile } from '../profiles/imap-profile.ts';
import { hasBuiltIn } from './revision.ts';
import type { ImapSession } from './session.ts';

/** Whether a profile offers an extension, before sign-in or after, by its name or as part of IMAP4rev2. */
export function has(profile: ImapProfile, capability: ImapCapability): boolean {
  return (
    profile.capabilities.includes(capability) ||
    profile.capabilitiesBefore.includes(capability) ||
    hasBuiltIn(profile, capability)
  );
}

/** What CAPABILITY says (RFC 3501 section 7.2.1), as it is true for the session now. */
export function capabilityText(session: ImapSession): string {
  const { profile } = session;
  const listed = session.state === 'not-authenticated' ? profile.capabilitiesBefore : profile.capabilities;
  return listed.flatMap((capability) => words(capability, session)).join(' ');
}

function words(capability: ImapCapability, session: ImapSession): readonly string[] {
  const { profile, canStartTls, loginDisabled } = session;
  switch (capability) {
    case 'AUTH':
      return loginDisabled ? [] : profile.sasl.map((name) => `AUTH=${name}`);
    case 'STARTTLS':
      return canStartTls ? [capability] : [];
    case 'LOGINDISABLED':
      return loginDisabled ? [capability] : [];
    case 'APPENDLIMIT':
      return [
        profile.appendLimitBytes === undefined ? capability : `APPENDLIMIT=${profile.appendLimitBytes}`,
      ];
    case 'MESSAGELIMIT':
      return profile.messageLimit === undefined ? [] : [`MESSAGELIMIT=${profile.messageLimit}`];
    default:
      return [capability];
  }
}
