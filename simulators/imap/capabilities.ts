import type { ImapCapability, ImapProfile } from '../profiles/imap-profile.ts';
import type { State } from './command.ts';
import { perProfile } from './per-profile.ts';
import { hasBuiltIn } from './revision.ts';

/** Whether a profile offers an extension, before sign-in or after, by its name or as part of IMAP4rev2. */
export function has(profile: ImapProfile, capability: ImapCapability): boolean {
  return (
    profile.capabilities.includes(capability) ||
    profile.capabilitiesBefore.includes(capability) ||
    hasBuiltIn(profile, capability)
  );
}

/** What of a session decides what is listed to it. */
interface Listed {
  readonly profile: ImapProfile;
  readonly state: State;
  readonly canStartTls: boolean;
  readonly loginDisabled: boolean;
}

const textsOf = perProfile((): (string | undefined)[] => []);

/** What CAPABILITY says (RFC 3501 section 7.2.1), as it is true for the session now. */
export function capabilityText({ profile, state, canStartTls, loginDisabled }: Listed): string {
  const before = state === 'not-authenticated';
  const texts = textsOf(profile);
  const index = Number(before) + 2 * Number(canStartTls) + 4 * Number(loginDisabled);
  let text = texts[index];
  if (text === undefined) {
    const listed = before ? profile.capabilitiesBefore : profile.capabilities;
    text = listed
      .flatMap((capability) => words(capability, { profile, state, canStartTls, loginDisabled }))
      .join(' ');
    texts[index] = text;
  }
  return text;
}

function words(capability: ImapCapability, listed: Listed): readonly string[] {
  const { profile, canStartTls, loginDisabled } = listed;
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
