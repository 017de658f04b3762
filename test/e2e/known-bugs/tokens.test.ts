/**
 * Policy: what went wrong in other engines with tokens and consents does not go wrong here. Each case names where the
 * bug was met, brings about what triggered it, and holds the engine to what must be so.
 */
import { describe, expect, it } from 'vitest';
import { type GraphIncomingWorldOptions, inGraphWorld } from '../graph-incoming-world.ts';

type World = Parameters<Parameters<typeof inGraphWorld>[1]>[0];

interface KnownBug {
  readonly holds: string;
  readonly source: string;
  readonly world?: GraphIncomingWorldOptions;
  readonly prove: (world: World) => Promise<void>;
}

const ann = 'ann@alpha.test';
const bob = 'bob@alpha.test';

const bugs: readonly KnownBug[] = [
  {
    holds: 'a refresh token that somebody else has replaced is read again, and disables nobody',
    source: 'xagent#1454; projectsend PR#1739',
    world: { consentOf: ann },
    prove: async (world) => {
      world.deliver('before');
      await world.minutes(6);
      world.revoke(ann);
      world.secret = world.consent(ann);
      world.deliver('after');
      await world.minutes(6);
      expect(await world.subjects()).toEqual(['before', 'after']);
      expect(await world.enabled()).toBe(true);
      expect(await world.alertCodes()).toEqual([]);
    },
  },
  {
    holds: 'the consent of another user brings none of that user’s mail into the mailbox',
    source: 'emailengine#626',
    world: { consentOf: ann },
    prove: async (world) => {
      world.deliver('mine');
      world.deliverToNeighbour('not mine');
      await world.minutes(6);
      world.revoke(ann);
      world.secret = world.consent(bob);
      world.deliver('also mine');
      await world.minutes(30);
      expect(await world.subjects()).toEqual(['mine']);
      expect(await world.error()).toBeDefined();
      expect((await world.alerts()).length).toBeGreaterThan(0);
      world.secret = world.consent(ann);
      await world.engine.syncNow('ann', 'incoming');
      await world.minutes(6);
      expect(await world.subjects()).toEqual(['mine', 'also mine']);
    },
  },
  {
    holds: 'an error nobody knows flushes nothing of what is to come',
    source: 'twenty markAsFailedAndFlushMessagesToImport',
    world: {
      settings: { incomingEmailExchangeEmailRetrievalBatchSize: 4 },
      rules: [
        {
          id: 'unheard-of',
          where: { protocol: 'graph', phase: 'command', command: 'GET /messages/{id}/$value' },
          when: { untilMs: 15 * 60_000 },
          what: { kind: 'reply', text: '500 ErrorNobodyHasHeardOf Something happened.' },
        },
      ],
    },
    prove: async (world) => {
      for (let n = 1; n <= 10; n += 1) world.deliver(`message ${n}`);
      await world.minutes(150);
      const { stored, delivered } = await world.hashes();
      expect(stored).toEqual(delivered);
      expect(await world.enabled()).toBe(true);
    },
  },
  {
    holds: 'no token stands in an alert or a status when one is refused',
    source: 'EmailEngine 2.72.3',
    world: {
      consentOf: ann,
      rules: [
        {
          id: 'refused',
          where: { protocol: 'graph', phase: 'command', command: 'GET /mailFolders/{id}/messages/delta' },
          what: { kind: 'reply', text: '401 InvalidAuthenticationToken Access token has expired.' },
        },
      ],
    },
    prove: async (world) => {
      await world.minutes(30);
      const told = JSON.stringify([await world.store.alerts(), await world.error()]);
      expect(told).toContain('401');
      expect(told).not.toContain(world.secret);
      expect(told).not.toMatch(/eyJ[A-Za-z0-9_-]{10}/);
    },
  },
];

describe('tokens and consents', () => {
  it.each(bugs)('$holds ($source)', ({ world: options = {}, prove }) =>
    inGraphWorld(options, async (world) => {
      await prove(world);
      expect(world.idleRules()).toEqual([]);
    }),
  );
});
