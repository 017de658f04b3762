import type { Credential, SignIn } from '../mailbox/mail-host.ts';
import { capabilityText } from './capabilities.ts';
import type { Situation } from './replies.ts';
import type { Reply } from './reply.ts';
import type { ImapSession } from './session.ts';

/**
 * What every way of signing in comes to (LOGIN, AUTHENTICATE): limits, the secret, the open mailbox. Answers once; a
 * refused secret only after the profile's delay.
 */
export function signIn(
  session: ImapSession,
  login: string,
  credential: Credential,
  answer: (reply: Reply) => void,
): void {
  const { context, profile, limitSession } = session;
  const found = context.mail.find(login);
  limitSession.account = found?.address ?? login.toLowerCase();
  limitSession.tenant = found?.tenant;
  session.gate.meet('command', { logins: 1 }, (refusal) => {
    const outcome = refusal === undefined ? context.mail.signIn(login, credential) : undefined;
    if (outcome?.ok === true) {
      enter(session, outcome, answer);
      return;
    }
    limitSession.account = undefined;
    if (refusal !== undefined) answer(refusal);
    else {
      const reply = session.say(refusalText(outcome?.ok === false ? outcome.reason : 'wrong-secret'));
      if (profile.failedLoginDelayMs === 0) answer(reply);
      else session.after(profile.failedLoginDelayMs, () => answer(reply));
    }
  });
}

type Reason = 'unknown-login' | 'wrong-secret' | 'expired-token' | 'revoked' | 'disabled';

function refusalText(reason: Reason): Situation {
  switch (reason) {
    case 'unknown-login':
    case 'wrong-secret':
      return 'badCredentials';
    case 'expired-token':
    case 'revoked':
      return 'expiredToken';
    case 'disabled':
      return 'disabled';
    default:
      throw new TypeError(`No such reason to refuse a sign-in: ${String(reason satisfies never)}.`);
  }
}

function enter(
  session: ImapSession,
  { mailbox, tokenExpiresAtMs }: Extract<SignIn, { ok: true }>,
  answer: (reply: Reply) => void,
): void {
  const { context, profile } = session;
  // Limits on concurrency look at who is in; a session they refuse is in their books until it ends.
  context.limits.authenticated(session.limitSession);
  session.gate.meet('reply', { connections: 1 }, (refusal) => {
    if (refusal !== undefined) {
      answer(refusal);
      return;
    }
    session.onClose(context.mail.truth.recordSession('imap', mailbox.address));
    session.signedIn(mailbox);
    if (profile.expiredSession !== undefined && tokenExpiresAtMs !== undefined)
      dieAt(session, tokenExpiresAtMs, profile.expiredSession);
    const { line } = session.say('signedIn');
    switch (profile.capabilitiesAtSignIn) {
      case 'code':
        answer({ line: line.replace(/^OK /, `OK [CAPABILITY ${capabilityText(session)}] `) });
        return;
      case 'untagged':
        answer({ line, data: [`* CAPABILITY ${capabilityText(session)}\r\n`] });
        return;
      case 'not':
        answer({ line });
        return;
      default:
        throw new TypeError(
          `No such way to tell capabilities: ${String(profile.capabilitiesAtSignIn satisfies never)}.`,
        );
    }
  });
}

/** The token the session began with is good for so long: the first command after that is answered by this, and the last. */
function dieAt(session: ImapSession, atMs: number, reply: string): void {
  const { clock } = session.context;
  const timer = clock.setTimeout(
    () => {
      session.gate.deadWithReply = reply;
    },
    Math.max(0, atMs - clock.now()),
  );
  session.onClose(() => clock.clearTimeout(timer));
}
