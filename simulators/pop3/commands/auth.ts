import type { Pop3Profile } from '../../profiles/profile.ts';
import type { Mechanism } from '../../sasl/mechanism.ts';
import { mechanisms } from '../../sasl/mechanisms.ts';
import type { Pop3Command } from '../command.ts';
import type { Reply } from '../reply.ts';
import type { Pop3Session } from '../session.ts';
import { signIn } from '../sign-in.ts';

/**
 * RFC 5034 SASL sign-in. Without an argument it lists the mechanisms, as Dovecot and Exchange do. An exchange that
 * comes to nothing is no bad command: Dovecot 2.3 answers any number of them.
 */
export const auth: Pop3Command = {
  verb: 'AUTH',
  states: ['authorization'],
  grammar: 'optional-text',
  offered: (profile) => profile.sasl.length > 0,
  redact: (argument) => {
    const [name] = argument.split(' ');
    return name !== undefined && mechanisms.has(name.toUpperCase()) ? name.toUpperCase() : undefined;
  },
  run(session, { text }, answer) {
    const { profile } = session;
    if (text === '') {
      answer({ ...session.say('mechanisms'), body: `${profile.sasl.join('\r\n')}\r\n.\r\n` });
      return;
    }
    const [name = '', initial, ...more] = text.split(' ');
    const mechanism = offeredMechanism(profile, name);
    if (mechanism === undefined) answer(session.say('unsupportedMechanism'));
    else if (more.length > 0) answer(session.bad('badArgument'));
    else if (initial === undefined) collect(session, mechanism, [], answer);
    else if (mechanism.name === 'XOAUTH2' && profile.xoauth2Form === 'two-line')
      answer(session.bad('badArgument'));
    // RFC 5034 section 4: `=` is an initial response of no bytes.
    else take(session, mechanism, [], initial === '=' ? '' : initial, answer);
  },
};

function offeredMechanism(profile: Pop3Profile, name: string): Mechanism | undefined {
  const mechanism = mechanisms.get(name.toUpperCase());
  return mechanism !== undefined && profile.sasl.includes(mechanism.name) ? mechanism : undefined;
}

function collect(
  session: Pop3Session,
  mechanism: Mechanism,
  responses: readonly string[],
  answer: (reply: Reply) => void,
): void {
  const prompt = mechanism.prompts[responses.length] ?? '';
  session.ask(Buffer.from(prompt).toString('base64'), (line) =>
    take(session, mechanism, responses, line, answer),
  );
}

function take(
  session: Pop3Session,
  mechanism: Mechanism,
  before: readonly string[],
  line: string,
  answer: (reply: Reply) => void,
): void {
  if (line === '*') {
    answer(session.say('saslCancelled'));
    return;
  }
  if (!isBase64(line)) {
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
      session.state === 'transaction' ? undefined : errorChallenge(session.profile, mechanism);
    // The client owes an empty response (or ^A) before it is told that it failed.
    if (challenge === undefined) answer(reply);
    else session.ask(Buffer.from(challenge).toString('base64'), () => answer(reply));
  });
}

/** RFC 7628 section 3.2.2, and Google's XOAUTH2. */
function errorChallenge(profile: Pop3Profile, mechanism: Mechanism): string | undefined {
  if (mechanism.name === 'XOAUTH2') return profile.xoauth2Challenge;
  return mechanism.name === 'OAUTHBEARER' ? '{"status":"invalid_token"}' : undefined;
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
