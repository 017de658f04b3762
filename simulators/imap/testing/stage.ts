import type { ImapProfile } from '../../profiles/imap-profile.ts';
import { password, type Stage, type StageOptions, stageOf } from '../../retrieval/testing/stage.ts';
import { serveImap } from '../serve-imap.ts';

export { password };

/** A host with one mailbox and an IMAP server, for tests. */
export function stage(imap: ImapProfile, options: StageOptions = {}): Stage {
  return stageOf(
    {
      protocol: 'imap',
      profile: { imap },
      serve: serveImap,
      signIn: (conversation, address, secret) => {
        const said = conversation.say(`x LOGIN ${address} "${secret}"`);
        if (!/^x OK/m.test(said)) throw new Error(`Signing in failed: ${said}`);
      },
    },
    options,
  );
}
