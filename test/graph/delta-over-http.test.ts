/**
 * Policy: over the wire as in the model: a client that follows links, applies entries by id, begins again on 410 and lets
 * go on 404 ends with exactly what a plain list of the folder shows, whatever happened and whichever ids it asked for.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { folderIdOf } from '../../simulators/graph/ids.ts';
import { type GraphBench, openGraphBench } from '../../simulators/graph/testing/graph-bench.ts';

interface Step {
  readonly do: 'arrive' | 'flag' | 'away' | 'back' | 'delete' | 'crowd' | 'page';
  readonly which: number;
}

const steps = fc.array(
  fc.record<Step>({
    do: fc.constantFrom(
      'arrive',
      'arrive',
      'flag',
      'away',
      'back',
      'delete',
      'crowd',
      'page',
      'page',
      'page',
    ),
    which: fc.nat(30),
  }),
  { maxLength: 40 },
);

interface Entry {
  readonly id: string;
  readonly isRead?: boolean;
  readonly '@removed'?: object;
}

class Client {
  readonly #bench: GraphBench;
  readonly #first: string;
  readonly #prefer: string;
  #link: string;
  #fresh: Map<string, Entry> | undefined = new Map();
  content = new Map<string, Entry>();

  constructor(bench: GraphBench, first: string, prefer: string) {
    this.#bench = bench;
    this.#first = first;
    this.#prefer = prefer;
    this.#link = first;
  }

  /** True once there is nothing more to hear. */
  async ask(size: number): Promise<boolean> {
    const Prefer = `${this.#prefer}odata.maxpagesize=${size}`;
    const { status, body } = await this.#bench.ask(this.#link, { headers: { Prefer } });
    if (status === 404) {
      this.content = new Map();
      return true;
    }
    if (status === 410) {
      this.#link = this.#first;
      this.#fresh = new Map();
      return false;
    }
    expect(status).toBe(200);
    const target = this.#fresh ?? this.content;
    // The body is that of a delta reply; a test of its own holds its shape.
    for (const entry of body.value as readonly Entry[])
      if (entry['@removed'] === undefined) target.set(entry.id, entry);
      else target.delete(entry.id);
    this.#link = body['@odata.deltaLink'] ?? body['@odata.nextLink'];
    if (body['@odata.deltaLink'] === undefined) return false;
    const wasFirst = this.#fresh !== undefined;
    this.content = target;
    this.#fresh = undefined;
    return !wasFirst && body.value.length === 0;
  }
}

test.each([
  ['ids that say where', ''],
  ['ids that stay', 'IdType="ImmutableId", '],
])('with %s', async (_, prefer) => {
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.boolean(),
      fc.constantFrom('', '?$select=isRead', '?$select=isRead&$orderby=receivedDateTime desc'),
      async (history, folderDies, query) => {
        const bench = openGraphBench();
        const { anna } = bench;
        const folder = anna.createFolder('INBOX/Watched');
        const path = `/mailFolders/${folderIdOf(folder.id)}/messages`;
        const client = new Client(bench, `${path}/delta${query}`, prefer);
        const pick = (from: readonly { readonly message: { readonly id: string } }[], which: number) =>
          from[which % Math.max(1, from.length)]?.message.id;
        for (const step of history) {
          const here = pick(folder.entries, step.which);
          const there = pick(anna.role('archive').entries, step.which);
          if (step.do === 'arrive') bench.deliver({ folder: folder.name });
          else if (step.do === 'page') await client.ask((step.which % 4) + 1);
          else if (step.do === 'crowd')
            for (let n = 0; n < step.which % 6; n += 1)
              await new Client(bench, `${path}/delta`, prefer).ask(1);
          else if (step.do === 'back' && there !== undefined) anna.move(there, folder.name);
          else if (here === undefined) continue;
          else if (step.do === 'flag') anna.setFlags(here, step.which % 2 === 0 ? ['\\Seen'] : []);
          else if (step.do === 'away') anna.move(here, 'Archive');
          else if (step.do === 'delete') anna.remove([here], 'owner');
        }
        const list = await bench.ask(`${path}?$top=1000&$select=isRead`, { headers: { Prefer: prefer } });
        if (folderDies) anna.deleteFolder(folder, 'owner');
        let pages = 0;
        while (!(await client.ask(3))) {
          pages += 1;
          expect(pages).toBeLessThan(200);
        }
        const truth = folderDies ? [] : list.body.value;
        const read = (entries: Iterable<Entry>) =>
          [...entries].map(({ id, isRead }) => `${id} ${isRead}`).sort();
        expect(read(client.content.values())).toEqual(read(truth));
      },
    ),
    { numRuns: 60 },
  );
});
