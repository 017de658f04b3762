/**
 * Policy: whatever happens to a mailbox, in whatever order and between whichever pages, a client that does as documented
 * (apply entries by id, begin again when the token is dead) ends with exactly the folder's content.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyedEntropy } from '../../entropy/keyed-entropy.ts';
import { createMailHost } from '../../mailbox/create-mail-host.ts';
import type { Folder } from '../../mailbox/folder.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { Resource } from '../odata/resource.ts';
import { answerDelta } from './answer-delta.ts';
import { DeltaError } from './delta-error.ts';
import type { Flip } from './delta-page.ts';
import { MessageSource } from './message-source.ts';
import { type DeltaQuery, SyncStates } from './sync-states.ts';

type Step =
  | { readonly do: 'arrive'; readonly where: 'here' | 'there' }
  | { readonly do: 'flag' | 'move' | 'delete' | 'edit'; readonly which: number }
  | { readonly do: 'renumber' | 'forget' | 'delete folder' }
  /** Somebody else follows the same folder, so that tokens die. */
  | { readonly do: 'crowd'; readonly pages: number }
  | { readonly do: 'page'; readonly size: number; readonly flip?: Flip | undefined; readonly again: boolean };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('arrive' as const), where: fc.constantFrom('here', 'there') }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constantFrom('flag', 'move', 'delete', 'edit'), which: fc.nat(40) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('renumber', 'forget') }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('crowd' as const), pages: fc.integer({ min: 1, max: 5 }) }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('page' as const),
        size: fc.integer({ min: 1, max: 4 }),
        flip: fc.option(fc.constantFrom<Flip>('doubled', 'changed', 'missing'), { nil: undefined, freq: 3 }),
        again: fc.boolean(),
      }),
    },
  ),
  { maxLength: 60 },
) as fc.Arbitrary<readonly Step[]>; // fast-check widens the unions of constants.

/** The server's side, with one folder under watch. */
function stage() {
  const mail = createMailHost({
    domain: 'alpha.test',
    clock: { now: () => 1_000_000, setTimeout: () => ({}), clearTimeout: () => {} },
    entropy: new KeyedEntropy(1),
    trace: { emit: () => {}, subscribe: () => () => {} },
    mailboxes: [{ address: 'anna@alpha.test' }],
  });
  const anna = mail.find('anna@alpha.test');
  if (anna === undefined) throw new Error('The mailbox that was just made is not there.');
  const folder = anna.createFolder('INBOX/Watched');
  anna.createFolder('INBOX/Other');
  return { mail, anna, folder, states: new SyncStates(collection, 4) };
}

const collection = 'messages watched';
const rendered = (mailbox: Mailbox, id: string): Resource => {
  const entry = mailbox.find(id)?.entry;
  return { id, flags: entry?.flags.join(' '), text: entry?.message.raw.toString() };
};
const contentOf = (mailbox: Mailbox, folder: Folder): ReadonlyMap<string, Resource> =>
  new Map(folder.entries.map(({ message: { id } }) => [id, rendered(mailbox, id)]));

/** A client as documented. */
class Client {
  content = new Map<string, Resource>();
  #fresh: Map<string, Resource> | undefined = new Map();
  #link: { readonly kind: 'skip' | 'delta'; readonly text: string } | undefined;

  /** Asks for a page; `again` as if the first reply had been lost. True once a round is over and told nothing. */
  ask(stageNow: ReturnType<typeof stage>, size: number, flip?: Flip, again = false): boolean {
    const { anna, folder, states } = stageNow;
    if (anna.folderById(folder.id) === undefined) {
      this.content = new Map();
      return true;
    }
    const request = {
      states,
      collection,
      token: this.#link,
      firstQuery: (): DeltaQuery => ({}),
      source: (query: DeltaQuery) =>
        new MessageSource({
          mailbox: anna,
          folder,
          query,
          backwards: size % 2 === 0,
          render: ({ entry }) => rendered(anna, entry.message.id),
          idOf: (id) => id,
        }),
      pageSize: () => size,
      flips: flip === undefined ? [] : [flip],
      draw: (purpose: string) => (purpose.length * size * 0.37) % 1,
    };
    try {
      if (again) answerDelta(request);
      const { entries, next } = answerDelta(request);
      const target = this.#fresh ?? this.content;
      for (const entry of entries) {
        if ('@removed' in entry) target.delete(String(entry.id));
        else target.set(String(entry.id), entry);
      }
      const resting = next.state.kind === 'resting';
      this.#link = { kind: resting ? 'delta' : 'skip', text: next.token };
      if (resting && this.#fresh !== undefined) {
        this.content = this.#fresh;
        this.#fresh = undefined;
        return false;
      }
      return resting && entries.length === 0 && next.state.late.length === 0;
    } catch (error) {
      if (!(error instanceof DeltaError) || error.status !== 410) throw error;
      this.#link = undefined;
      this.#fresh = new Map();
      return false;
    }
  }
}

function carryOut(step: Step, stageNow: ReturnType<typeof stage>, client: Client, n: number): void {
  const { mail, anna, folder, states } = stageNow;
  const gone = anna.folderById(folder.id) === undefined;
  const all = [...folder.entries, ...(anna.folder('INBOX/Other')?.entries ?? [])].map(
    ({ message }) => message.id,
  );
  switch (step.do) {
    case 'arrive': {
      if (gone) return;
      const name = step.where === 'here' ? folder.name : 'INBOX/Other';
      mail.deliver(anna, { raw: Buffer.from(`mail ${n}`), envelopeFrom: '', folder: name });
      return;
    }
    case 'flag':
    case 'move':
    case 'delete':
    case 'edit': {
      const id = all[step.which % Math.max(1, all.length)];
      if (id === undefined || gone) return;
      if (step.do === 'flag') anna.setFlags(id, [`$${n}`]);
      else if (step.do === 'delete') anna.remove([id], 'owner');
      else if (step.do === 'edit') anna.replace(id, Buffer.from(`edited ${n}`));
      else anna.move(id, anna.find(id)?.folder === folder ? 'INBOX/Other' : folder.name);
      return;
    }
    case 'renumber':
      if (!gone) anna.renumber({ folder: folder.name });
      return;
    case 'forget':
      states.forget();
      return;
    case 'delete folder':
      if (!gone) anna.deleteFolder(folder, 'owner');
      return;
    case 'crowd': {
      const other = new Client();
      for (let page = 0; page < step.pages; page += 1) other.ask(stageNow, 1);
      return;
    }
    case 'page':
      client.ask(stageNow, step.size, step.flip, step.again);
      return;
    default:
      step satisfies never;
  }
}

test('a client that does as documented ends with exactly the content of the folder', () => {
  let deaths = 0;
  fc.assert(
    fc.property(steps, fc.boolean(), fc.integer({ min: 1, max: 5 }), (history, folderDies, size) => {
      const stageNow = stage();
      const client = new Client();
      for (const [n, step] of history.entries()) carryOut(step, stageNow, client, n);
      if (folderDies) carryOut({ do: 'delete folder' }, stageNow, client, history.length);
      let pages = 0;
      while (!client.ask(stageNow, size)) {
        pages += 1;
        expect(pages).toBeLessThan(500);
      }
      deaths += Number(folderDies);
      expect(client.content).toEqual(contentOf(stageNow.anna, stageNow.folder));
    }),
    { numRuns: 2_000 },
  );
  expect(deaths).toBeGreaterThan(250);
});
