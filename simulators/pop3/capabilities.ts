import type { Pop3Capability, Pop3Profile } from '../profiles/profile.ts';
import type { Pop3Session } from './session.ts';

/** The lines of CAPA (RFC 2449 section 5) as they are true for the session now. */
export function capabilityLines(session: Pop3Session): readonly string[] {
  const lines: string[] = [];
  for (const capability of session.profile.capabilities) {
    const line = capabilityLine(capability, session);
    if (line !== undefined) lines.push(line);
  }
  return lines;
}

export function has(profile: Pop3Profile, capability: Pop3Capability): boolean {
  return profile.capabilities.includes(capability);
}

function capabilityLine(capability: Pop3Capability, session: Pop3Session): string | undefined {
  const { profile, state, replies } = session;
  switch (capability) {
    case 'CAPA':
    case 'TOP':
    case 'UIDL':
    case 'RESP-CODES':
    case 'AUTH-RESP-CODE':
    case 'PIPELINING':
    case 'LANG':
      return capability;
    case 'UTF8':
      return has(profile, 'USER') ? 'UTF8 USER' : 'UTF8';
    case 'USER':
      return state === 'authorization' ? 'USER' : undefined;
    case 'SASL':
      return state === 'authorization' && profile.sasl.length > 0
        ? `SASL ${profile.sasl.join(' ')}`
        : undefined;
    case 'STLS':
      return session.canStartTls ? 'STLS' : undefined;
    // No provider here removes messages for their age.
    case 'EXPIRE':
      return 'EXPIRE NEVER';
    case 'LOGIN-DELAY':
      return `LOGIN-DELAY ${profile.loginDelaySeconds}`;
    case 'IMPLEMENTATION':
      return `IMPLEMENTATION ${replies.say('implementation')}`;
    // RFC 1939 announces APOP by the greeting's timestamp; CAPA has no word for it.
    case 'APOP':
      return undefined;
    default:
      throw new TypeError(`No such capability: ${String(capability satisfies never)}.`);
  }
}
