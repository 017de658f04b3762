import fc from 'fast-check';
import type { ImapDialogue, ImapStep } from './imap-dialogues.ts';

const login = 'LOGIN anna@example.test anna-s3cret';
const first = 'Subject: one\r\n\r\none\r\n';

export interface TwoSessions {
  /** What both say once they are signed in. */
  readonly first?: readonly string[];
  readonly messages?: readonly string[];
  readonly most?: number;
  /** What the first session says with `Here` selected, before anything is made up. */
  readonly prepared?: readonly string[];
  /** Each hears what there is to hear before it says anything, as where commands of its own change what it has selected. */
  readonly alwaysHears?: boolean;
  /** What a third session removes when it is over. */
  readonly last?: readonly string[];
}

/** Two sessions in one mailbox called `Here`, with another called `There`, in turn saying whatever comes to mind. */
export function twoSessions(
  command: fc.Arbitrary<string>,
  options: TwoSessions = {},
): fc.Arbitrary<ImapDialogue> {
  const {
    first: greeting = [],
    messages = [first, first, first],
    most = 14,
    last = [],
    prepared = [],
    alwaysHears = false,
  } = options;
  const as = (session: string, ...commands: readonly string[]): ImapStep[] =>
    commands.map((send) => ({ session, send }));
  return fc
    .array(fc.tuple(fc.constantFrom('a', 'b'), command), { minLength: 1, maxLength: most })
    .map((said) => ({
      name: 'generated',
      steps: [
        ...as('a', login, ...greeting, 'CREATE Here', 'CREATE There'),
        ...as(
          'a',
          ...messages.map(
            (text, n) => `APPEND Here "0${n + 1}-Mar-2024 10:00:00 +0000" {${text.length}}\r\n${text}`,
          ),
          'SELECT Here',
          ...prepared,
        ),
        ...as('b', login, ...greeting, 'SELECT Here'),
        ...inTurn(said, alwaysHears),
        ...as('a', 'NOOP', 'UID FETCH 1:* (FLAGS)', 'UNSELECT'),
        ...as('b', 'NOOP', 'UID FETCH 1:* (FLAGS)', 'UNSELECT'),
        ...as('c', login, 'DELETE Here', 'DELETE There', ...last, 'LOGOUT'),
      ],
    }));
}

/**
 * Who speaks after the other one did hears first what that did, unless its command is about messages and not about
 * their flags: a session of Dovecot keeps flags as they were when it was last told, the simulator reads them as they are.
 */
function inTurn(said: readonly (readonly [session: string, send: string])[], always: boolean): ImapStep[] {
  return said.flatMap(([session, send], n) => {
    const switched = n > 0 && said[n - 1]?.[0] !== session;
    const step = { session, send };
    return always || (switched && !/^(?:UID )?(?:COPY|MOVE|APPEND)/.test(send))
      ? [{ session, send: 'NOOP' }, step]
      : [step];
  });
}
