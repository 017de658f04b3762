import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRealClock } from '../../../simulators/clock/real-clock.ts';
import { loadProfile } from '../../../simulators/profiles/index.ts';
import { serve } from '../../../simulators/serve/serve.ts';
import type { User } from './dovecot.ts';

/** The simulators on loopback TCP and TLS, in the shape of the real mail system beside them. */
export interface Simulated {
  readonly pop3: number;
  readonly pop3s: number;
  readonly imap: number;
  readonly imaps: number;
  readonly submission: number;
  readonly submissions: number;
  readonly ca: string;
  readonly caFile: string;
  put(login: string, messages: readonly Buffer[]): void;
  stop(): Promise<void>;
}

export async function startSimulated(users: readonly User[]): Promise<Simulated> {
  const serving = await serve({
    profile: loadProfile('dovecot-postfix'),
    domain: 'example.test',
    mailboxes: users.map(({ login, password }) => ({ address: login, password })),
    clock: createRealClock(),
    trace: { emit: () => undefined, subscribe: () => () => undefined },
    seed: 1,
  });
  const directory = mkdtempSync(join(tmpdir(), 'mcp-'));
  const caFile = join(directory, 'ca.pem');
  writeFileSync(caFile, serving.ca);
  const { pop3, pop3s, smtp, smtps, imap, imaps } = serving.endpoints;
  return {
    pop3: pop3.port,
    pop3s: pop3s.port,
    imap: imap.port,
    imaps: imaps.port,
    submission: smtp.port,
    submissions: smtps.port,
    ca: serving.ca,
    caFile,
    put: (login, messages) => {
      const mailbox = serving.mail.find(login);
      if (mailbox === undefined) throw new Error(`The simulator has no mailbox ${login}`);
      for (const raw of messages) serving.mail.deliver(mailbox, { raw, envelopeFrom: '' });
    },
    stop: async () => {
      await serving.close();
      rmSync(directory, { recursive: true });
    },
  };
}
