import { createHash } from 'node:crypto';
import type { Pop3Profile } from '../../profiles/profile.ts';
import type { Conversation } from '../../retrieval/testing/conversation.ts';
import { password, type Stage, type StageOptions, stageOf } from '../../retrieval/testing/stage.ts';
import { servePop3 } from '../serve-pop3.ts';

export { type Conversation, password, type Stage };

/** A host with one mailbox and a POP3 server, for tests. */
export function stage(pop3: Pop3Profile, options: StageOptions = {}): Stage {
  return stageOf(
    {
      protocol: 'pop3',
      profile: { pop3 },
      serve: servePop3,
      signIn: (conversation, address, secret) => {
        const said = pop3.capabilities.includes('USER')
          ? conversation.say(`USER ${address}`, `PASS ${secret}`)
          : conversation.say('AUTH PLAIN', Buffer.from(`\0${address}\0${secret}`).toString('base64'));
        if (said.includes('-ERR')) throw new Error(`Signing in failed: ${said}`);
      },
    },
    options,
  );
}

export function apopDigest(challenge: string, secret: string): string {
  return createHash('md5').update(challenge).update(secret).digest('hex');
}
