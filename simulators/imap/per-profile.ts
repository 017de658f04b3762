import type { ImapProfile } from '../profiles/imap-profile.ts';

/** Works something out once for each profile: connections are opened by the thousand, and profiles never change. */
export function perProfile<Value>(workOut: (profile: ImapProfile) => Value): (profile: ImapProfile) => Value {
  const known = new WeakMap<ImapProfile, { readonly value: Value }>();
  return (profile) => {
    let kept = known.get(profile);
    if (kept === undefined) {
      kept = { value: workOut(profile) };
      known.set(profile, kept);
    }
    return kept.value;
  };
}
