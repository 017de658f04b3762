import type { ImapProfile } from '../../profiles/imap-profile.ts';
import type { Mechanism } from '../../sasl/mechanism.ts';
import { mechanisms } from '../../sasl/mechanisms.ts';
import { has } from '../capabilities.ts';
import { row } from '../command.ts';
import type { Reply } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import { signIn } from '../sign-in.ts';

/** RFC 3501 section 6.2.2, with an initial response where SASL-IR (RFC 4959) is offered. */
export const authenticate = row({
  verb: 'AUTHENTICATE',
  states: ['not-authenticated'],
  offered: (profile) => profile.sasl.length > 0,
  redact: (argument) => {
    const [name = ''] = argument.split(' ');
    return mechanisms.has(name.toUpperCase()) ? name.toUpperCase() : undefined;
  },
  grammar: (given) => {
    given.space();
    const name = given.keyword();
    const initial = given.skip(' ') ? given.rest() : undefined;
    given.end();
    return { name, initial };
  },
  run(session, { name, initial }, answer) {
    const { profile } = session;
    const mechanism = offeredMechanism(profile, name);
    if (session.loginDisabled) answer(session.say('privacyRequired'));
    else if (mechanism === undefined) answer(session.say('unsupportedMechanism'));
    else if (initial === undefined) collect(session, mechanism, [], answer);
    else if (!has(profile, 'SASL-IR'))
      answer(session.bad('badArguments', { reason: 'SASL-IR is not offered' }));
    // RFC 4959 section 3: `=` is an initial response of no bytes.
    else take(session, mechanism, [], initial === '=' ? '' : initial, answer);
  },
});

function offeredMechanism(profile: ImapProfile, name: string): Mechanism | undefined {
  const mechanism = mechanisms.get(name);
  return mechanism !== undefined && profile.sasl.includes(mechanism.name) ? mechanism : undefined;
}

function collect(
  session: ImapSession,
  mechanism: Mechanism,
  responses: readonly string[],
  answer: (reply: Reply) => void,
): void {
  const prompt = mechanism.prompts[responses.length] ?? '';
  session.ask(`+ ${Buffer.from(prompt).toString('base64')}`, (line) =>
    take(session, mechanism, responses, line, answer),
  );
}

function take(
  session: ImapSession,
  mechanism: Mechanism,
  before: readonly string[],
  line: string,
  answer: (reply: Reply) => void,
): void {
  if (line === '*') {
    answer(session.say('saslCancelled'));
    return;
  }
  if (line.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(line)) {
    answer(session.say('saslMalformed'));
    return;
  }
  const responses = [...before, Buffer.from(line, 'base64').toString('utf8')];
  if (responses.length < mechanism.prompts.length) {
    collect(session, mechanism, responses, answer);
    return;
  }
  const proof = mechanism.read(responses);
  if (proof === 'malformed') {
    answer(session.say('saslMalformed'));
    return;
  }
  signIn(session, proof.login, proof.credential, (reply) => {
    const challenge =
      session.state === 'not-authenticated' ? errorChallenge(session.profile, mechanism) : undefined;
    // The client owes an empty response (or ^A) before it is told that it failed.
    if (challenge === undefined || reply.line.startsWith('OK')) answer(reply);
    else session.ask(`+ ${Buffer.from(challenge).toString('base64')}`, () => answer(reply));
  });
}

/** RFC 7628 section 3.2.2, and Google's XOAUTH2. */
function errorChallenge(profile: ImapProfile, mechanism: Mechanism): string | undefined {
  if (mechanism.name === 'XOAUTH2') return profile.xoauth2Challenge;
  return mechanism.name === 'OAUTHBEARER' ? '{"status":"invalid_token"}' : undefined;
}
