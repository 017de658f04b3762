import { afterEach, describe, expect, it } from 'vitest';
import { createLimits } from '../limits/limits.ts';
import { loadProfile, profileNames } from '../profiles/index.ts';
import { Conversation } from '../retrieval/testing/conversation.ts';
import type { ServerContext } from '../server-context.ts';
import { carryOutSubmission } from '../submission/carry-out-submission.ts';
import { World } from '../world/world.ts';
import { serveImap } from './serve-imap.ts';

// Policy: a provider that files sent mail itself has it in Sent, once and seen, for whoever looks there by IMAP; one that
// does not leaves it to the client. Which does what is the profile's data, with a source.

const address = 'anna@alpha.test';
const raw = Buffer.from('Message-ID: <1@x>\r\nSubject: sent\r\n\r\nbody\r\n');

let world: World | undefined;
afterEach(() => {
  world?.end();
  world = undefined;
});

/** A mailbox that has sent one message, and a signed-in IMAP session. */
function sent(name: string, to = 'zoe@outside.test') {
  const profile = loadProfile(name);
  const { smtp } = profile;
  if (smtp === undefined) throw new Error(`${name} has no SMTP.`);
  world = new World({
    seed: 1,
    providers: [{ profile, domain: 'alpha.test', mailboxes: [{ address, password: 's3cret' }] }],
  });
  const { clock, entropy, rules, trace } = world;
  const { mail } = world.provider('alpha.test');
  const limits = createLimits({ definitions: [], clock, entropy, trace });
  const context: ServerContext = { clock, entropy, rules, trace, limits, mail, profile };
  const { savesSentCopy, facts } = smtp;
  carryOutSubmission(
    context,
    { savesSentCopy, reportAfterMs: 0 },
    {
      id: '1',
      host: 'smtp.alpha.test',
      transmission: 'ESMTPSA',
      helo: 'client',
      remoteAddress: '10.0.0.2',
      sender: address,
      recipients: [{ address: to }],
      raw,
      mailbox: mail.find(address),
      returns: undefined,
      envelopeId: undefined,
      bounce: undefined,
    },
  );
  const talk = new Conversation();
  const arrival = { connection: 'imap#1', ordinal: 1, remoteAddress: '10.0.0.2', encrypted: true };
  serveImap(talk, arrival, context, {});
  expect(talk.say(`l LOGIN ${address} s3cret`)).toMatch(/^l OK/m);
  const folder = profile.imap?.folderNames.sent ?? 'Sent';
  const append = (message: Buffer): string => {
    expect(talk.say(`a APPEND "${folder}" (\\Seen) {${message.length}}`)).toMatch(/^\+ /m);
    return talk.sayBytes(Buffer.concat([message, Buffer.from('\r\n')]));
  };
  return { talk, folder, savesSentCopy, facts, append };
}

describe.each(profileNames)('%s', (name) => {
  it('files what was sent, or does not', () => {
    const { talk, folder, savesSentCopy, facts } = sent(name);
    const said = talk.say(`s STATUS "${folder}" (MESSAGES UNSEEN)`);
    if (savesSentCopy) {
      expect(said).toContain('(MESSAGES 1 UNSEEN 0)');
      expect(facts.savesSentCopy?.source).toBeTruthy();
    } else expect(said).not.toMatch(/MESSAGES [1-9]/);
  });
});

it('Gmail, Exchange Online, Outlook.com and Yahoo file it; servers of one’s own do not', () => {
  const filing = profileNames.filter((name) => loadProfile(name).smtp?.savesSentCopy === true).toSorted();
  expect(filing).toEqual(['exchange-online', 'gmail-consumer', 'gmail-workspace', 'outlook-com', 'yahoo']);
});

it('Gmail has it in All Mail too, and takes it once when a client files it as well', () => {
  const { talk, append } = sent('gmail-workspace');
  expect(talk.say('s STATUS "[Gmail]/All Mail" (MESSAGES)')).toContain('(MESSAGES 1)');
  expect(append(raw)).toMatch(/^a OK \[APPENDUID \d+ 1\]/m);
  expect(talk.say('s STATUS "[Gmail]/Sent Mail" (MESSAGES)')).toContain('(MESSAGES 1)');
  expect(append(Buffer.from('Message-ID: <2@x>\r\n\r\n'))).toMatch(/^a OK \[APPENDUID \d+ 2\]/m);
});

it('Gmail has what somebody sent to itself as one message, received and sent', () => {
  const { talk } = sent('gmail-workspace', address);
  talk.say('s SELECT INBOX');
  expect(talk.say('f FETCH 1:* X-GM-LABELS')).toMatch(/^\* 1 FETCH \(X-GM-LABELS \("\\\\Sent"\)\)\r\nf OK/m);
  expect(talk.say('s STATUS "[Gmail]/All Mail" (MESSAGES)')).toContain('(MESSAGES 1)');
});

it('Yahoo has it twice, in two folders', () => {
  const { talk, folder } = sent('yahoo', address);
  expect(talk.say('s STATUS Inbox (MESSAGES)')).toContain('(MESSAGES 1)');
  expect(talk.say(`t STATUS "${folder}" (MESSAGES)`)).toContain('(MESSAGES 1)');
});

it('Exchange Online takes it twice', () => {
  const { talk, folder, append } = sent('exchange-online');
  expect(append(raw)).toMatch(/^a OK/m);
  expect(talk.say(`s STATUS "${folder}" (MESSAGES)`)).toContain('(MESSAGES 2)');
});
