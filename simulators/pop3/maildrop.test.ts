/**
 * Policy: whatever a client marks, forgets, and however it leaves, the mailbox afterwards is what a small model of
 * RFC 1939 says, and each session sees exactly what the one before left.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fullProfile } from './testing/full-profile.ts';
import { stage } from './testing/stage.ts';

const action = fc.oneof(
  fc.record({ do: fc.constant('DELE' as const), n: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ do: fc.constantFrom('RSET' as const, 'deliver' as const), n: fc.constant(0) }),
);
const session = fc.record({
  actions: fc.array(action, { maxLength: 8 }),
  end: fc.constantFrom('QUIT', 'drop', 'idle'),
});

test('snapshot, marks and QUIT against a model', () => {
  fc.assert(
    fc.property(fc.array(session, { maxLength: 5 }), (sessions) => {
      const world = stage({ ...fullProfile, badCommandsAfterLogin: 99 });
      let model: string[] = [];
      let next = 1;
      const deliver = (): void => {
        const text = `X-N: ${next++}\r\n\r\n`;
        world.deliver(text);
        model.push(text);
      };
      deliver();
      deliver();
      for (const { actions, end } of sessions) {
        const talk = world.signIn();
        const snapshot = [...model];
        const marked = new Set<number>();
        for (const step of actions) {
          if (step.do === 'deliver') deliver();
          else if (step.do === 'RSET') {
            talk.say('RSET');
            marked.clear();
          } else {
            const possible = step.n <= snapshot.length && !marked.has(step.n);
            expect(talk.say(`DELE ${step.n}`).startsWith('+OK')).toBe(possible);
            if (possible) marked.add(step.n);
          }
          const octets = snapshot.reduce(
            (sum, text, at) => (marked.has(at + 1) ? sum : sum + text.length),
            0,
          );
          expect(talk.say('STAT')).toBe(`+OK ${snapshot.length - marked.size} ${octets}\r\n`);
        }
        if (end === 'QUIT') {
          talk.say('QUIT');
          const gone = new Set([...marked].map((n) => snapshot[n - 1]));
          model = model.filter((text) => !gone.has(text));
        } else if (end === 'drop') talk.hangUp();
        else world.clock.advance(fullProfile.idleTimeoutMs);
        expect(world.mailbox.inbox.entries.map(({ message }) => message.raw.toString())).toEqual(model);
        expect(world.mailbox.maildropHolder).toBeUndefined();
      }
    }),
    { numRuns: 200 },
  );
});
