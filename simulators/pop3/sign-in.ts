import type { Credential, SignIn } from '../mailbox/mail-host.ts';
import { Maildrop } from './maildrop.ts';
import { recentSince, viewOf } from './maildrop-view.ts';
import type { Situation } from './replies.ts';
import type { Reply } from './reply.ts';
import type { Pop3Session } from './session.ts';

const recentPrefix = 'recent:';

/**
 * What every way of signing in comes to (PASS, APOP, AUTH): limits, the secret, LOGIN-DELAY, the lock, and a snapshot
 * of the maildrop. Answers once; a refused secret only after the profile's delay.
 */
export function signIn(
  session: Pop3Session,
  login: string,
  credential: Credential,
  answer: (reply: Reply) => void,
): void {
  const { context, profile, limitSession } = session;
  const recent = profile.recentModeDays !== undefined && login.toLowerCase().startsWith(recentPrefix);
  const account = recent ? login.slice(recentPrefix.length) : login;
  limitSession.account = context.mail.find(account)?.address ?? account.toLowerCase();
  limitSession.tenant = context.mail.find(account)?.tenant;
  session.gate.meet('command', { logins: 1 }, (refusal) => {
    if (refusal !== undefined) {
      limitSession.account = undefined;
      answer(refusal);
      return;
    }
    const outcome = context.mail.signIn(account, credential);
    if (outcome.ok) enter(session, outcome, recent, answer);
    else {
      limitSession.account = undefined;
      const reply = session.bad(refusalText(outcome.reason));
      if (profile.failedLoginDelayMs === 0) answer(reply);
      else session.after(profile.failedLoginDelayMs, () => answer(reply));
    }
  });
}

function refusalText(
  reason: 'unknown-login' | 'wrong-secret' | 'expired-token' | 'revoked' | 'disabled',
): Situation {
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
  session: Pop3Session,
  { mailbox, tokenExpiresAtMs }: Extract<SignIn, { ok: true }>,
  recent: boolean,
  answer: (reply: Reply) => void,
): void {
  const { context, profile, arrival } = session;
  const nowMs = context.clock.now();
  const { lastPop3LoginMs } = mailbox;
  if (lastPop3LoginMs !== undefined && nowMs - lastPop3LoginMs < profile.loginDelaySeconds * 1000) {
    answer(session.say('loginDelay'));
    return;
  }
  const unlock = profile.exclusiveLock ? mailbox.lockMaildrop(arrival.connection) : undefined;
  if (profile.exclusiveLock && unlock === undefined) {
    answer(session.say('locked'));
    return;
  }
  // Limits on concurrency look at who is in; a session they refuse is in their books until it ends.
  context.limits.authenticated(session.limitSession);
  session.gate.meet('reply', { connections: 1 }, (refusal) => {
    if (refusal !== undefined) {
      unlock?.();
      answer(refusal);
      return;
    }
    mailbox.lastPop3LoginMs = nowMs;
    if (unlock !== undefined) session.onClose(unlock);
    session.onClose(context.mail.truth.recordSession('pop3', mailbox.address));
    const view = viewOf(mailbox, profile, recent ? recentSince(profile, nowMs) : undefined);
    session.maildrop = new Maildrop(mailbox, view, profile);
    session.state = 'transaction';
    session.idle.start();
    if (profile.tokenExpiry === 'ends-session' && tokenExpiresAtMs !== undefined)
      endAt(session, tokenExpiresAtMs);
    answer(session.say('signedIn'));
  });
}

/** Without a word, and without the UPDATE state (RFC 1939 3). */
function endAt(session: Pop3Session, atMs: number): void {
  const { clock } = session.context;
  const timer = clock.setTimeout(() => session.end(), Math.max(0, atMs - clock.now()));
  session.onClose(() => clock.clearTimeout(timer));
}
