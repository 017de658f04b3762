import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmailStatus } from '../records/email.ts';
import { aCycleEnd, aMailbox, anExchangeProfile, aProfile, aReceivedEmail } from '../testing/fixtures.ts';
import { LeaseLost } from './lease-lost.ts';
import type { Lease, Store } from './store.ts';

/** What every store must do, whatever it is made of. `open` gives an empty one. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  // Policy: a method happens whole or not at all, and nothing is written under a lease that a later runner has taken.
  describe(`${name} as a store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      await store.saveProfile(aProfile());
      for (const id of ['a', 'b', 'c']) await store.saveMailbox(aMailbox(id));
    });
    afterEach(() => store.close());

    const lease = async (workload: Lease['workload'] = 'incoming', now = 1_000, owner = 'one') => {
      const [first] = await store.leaseDue({ workload, now, limit: 1, owner, leaseMs: 500 });
      return first!;
    };
    const nothingGone = { gone: [] };
    const stored = (itemId: string) =>
      ({ itemId, outcome: 'stored', email: aReceivedEmail(), deletePending: false }) as const;

    it('gives a profile of each server type back as it was saved', async () => {
      const exchange = anExchangeProfile();
      await store.saveProfile(exchange);
      expect(await store.profile(exchange.id)).toEqual(exchange);
      for (const hints of [undefined, false, true]) {
        const imap = { ...aProfile({ id: 'i' }), serverType: 'imap-smtp' as const, hints };
        await store.saveProfile(imap);
        expect(await store.profile('i')).toEqual(imap);
      }
      expect(await store.profile('p')).toEqual(aProfile());
      await store.saveProfile({ ...aProfile(), id: exchange.id });
      expect(await store.profile(exchange.id)).toEqual({ ...aProfile(), id: exchange.id });
    });

    it('leases what is due once, in order, and again when the lease has run out, each time with a higher fence', async () => {
      const request = { workload: 'incoming', now: 1_000, limit: 2, owner: 'one', leaseMs: 500 } as const;
      expect((await store.leaseDue(request)).map(({ mailboxId }) => mailboxId)).toEqual(['a', 'b']);
      expect((await store.leaseDue(request)).map(({ mailboxId }) => mailboxId)).toEqual(['c']);
      expect(await store.leaseDue(request)).toEqual([]);
      expect(await store.nextDueAt('incoming', 1_000)).toBe(1_500);
      expect(await store.leaseDue({ ...request, now: 1_499 })).toEqual([]);
      const again = await store.leaseDue({ ...request, now: 1_500 });
      expect(again.map(({ fence }) => fence)).toEqual([2, 2]);
    });

    it('passes over mailboxes of profiles that have no connection free', async () => {
      const request = { workload: 'incoming', now: 1_000, limit: 9, owner: 'one', leaseMs: 500 } as const;
      expect(await store.leaseDue({ ...request, exceptProfiles: ['p'] })).toEqual([]);
      expect(await store.nextDueAt('incoming', 1_000, ['p'])).toBeUndefined();
      expect(await store.leaseDue({ ...request, exceptProfiles: ['q'] })).toHaveLength(3);
    });

    it('knows which connections servers may still count', async () => {
      const quiet = await lease();
      await store.finishCycle(quiet, aCycleEnd());
      const committed = await lease();
      await store.commitIncoming(committed, { items: [], gone: [] }, aCycleEnd());
      const closed = await lease();
      await store.commitIncoming(closed, { items: [], gone: [] }, aCycleEnd());
      await store.releaseConnection(closed);
      const silent = await lease('outgoing');
      await store.releaseConnection(silent, 9_000);
      await store.finishCycle(silent, aCycleEnd());
      await lease('outgoing', 1_000, 'two');
      await lease('outgoing');
      const hold = (workload: string, until: number) => ({ emailServerProfileId: 'p', workload, until });
      expect(await store.heldConnections(1_000)).toEqual([hold('outgoing', 9_000)]);
      expect(await store.takeBack('one', 5_000)).toBe(1);
      // Of the end that was committed with its connection open, and of the lease.
      const left = [hold('incoming', 5_000), hold('outgoing', 5_000), hold('outgoing', 9_000)];
      expect(await store.heldConnections(4_999)).toEqual(left);
      await store.takeBack('one', 7_000);
      expect(await store.heldConnections(5_000)).toEqual([hold('outgoing', 9_000)]);
      expect(await store.heldConnections(9_000)).toEqual([]);
    });

    it('knows connections that outlive their cycles one by one', async () => {
      await store.saveProfile({ ...aProfile({ id: 'i' }), serverType: 'imap-smtp' });
      await store.saveMailbox(aMailbox('i', { emailServerProfileId: 'i' }));
      const closed = await store.noteConnection('i', 'one');
      const silent = await store.noteConnection('i', 'one');
      await store.noteConnection('i', 'one');
      await store.noteConnection('i', 'two');
      await store.dropConnection(closed);
      await store.dropConnection(silent, 9_000);
      const hold = (until: number) => ({ emailServerProfileId: 'i', workload: 'incoming', until });
      expect(await store.heldConnections(1_000)).toEqual([hold(9_000)]);
      // The lease of a cycle over IMAP stands for no connection beside those that were noted.
      const request = { workload: 'incoming', now: 1_000, limit: 9, owner: 'one', leaseMs: 500 } as const;
      await store.leaseDue({ ...request, exceptProfiles: ['p', 'q'] });
      expect(await store.takeBack('one', 5_000)).toBe(1);
      expect(await store.heldConnections(1_000)).toEqual([hold(5_000), hold(9_000)]);
      await store.takeBack('one', 6_000);
      expect(await store.heldConnections(1_000)).toEqual([hold(5_000), hold(9_000)]);
      await store.takeBack('two', 7_000);
      expect(await store.heldConnections(5_000)).toEqual([hold(7_000), hold(9_000)]);
    });

    it('lets a late runner write nothing', async () => {
      await store.queueEmail(
        { id: 'e', mailboxId: 'a', subject: 's', to: [{ address: 'x@example.test' }] },
        { messageId: '<e@example.test>', queuedOn: 1 },
      );
      const late = await lease();
      const lateOut = await lease('outgoing');
      expect((await lease('incoming', 1_500, 'two')).mailboxId).toBe('b');
      await store.leaseDue({ workload: 'incoming', now: 1_500, limit: 9, owner: 'two', leaseMs: 500 });
      await store.leaseDue({ workload: 'outgoing', now: 1_500, limit: 9, owner: 'two', leaseMs: 500 });
      expect(await store.finishCycle(late, aCycleEnd())).toBe(false);
      const page = { items: [stored('u1')], ...nothingGone };
      expect((await store.commitIncoming(late, page, aCycleEnd())).fenced).toBe(true);
      await expect(store.beginItems(late, ['u1'], 1)).rejects.toThrow(LeaseLost);
      expect(await store.beginSending(lateOut, 'e', 1)).toBe(false);
      expect(await store.receivedEmails()).toEqual([]);
      expect((await store.itemLedger('a')).size).toBe(0);
    });

    it('writes items, ledger, end and statistics in one commit', async () => {
      const held = await lease();
      expect(await store.beginItems(held, ['u1', 'u2', 'u3'], 1_001)).toEqual(
        new Map([
          ['u1', 1],
          ['u2', 1],
          ['u3', 1],
        ]),
      );
      const { storedIds } = await store.commitIncoming(
        held,
        {
          items: [
            stored('u1'),
            { itemId: 'u2', outcome: 'failed', reason: 'refused' },
            { itemId: 'u3', outcome: 'released' },
          ],
          ...nothingGone,
        },
        aCycleEnd({ processed: 1, failed: 1, outcome: 'partial' }),
      );
      const ledger = await store.itemLedger('a');
      expect([...ledger.values()].map(({ itemId, state, strikes }) => [itemId, state, strikes])).toEqual([
        ['u1', 'stored', 0],
        ['u2', 'begun', 1],
        ['u3', 'begun', 0],
      ]);
      expect(await store.emailRaw(storedIds.get('u1')!)).toEqual(new Uint8Array(aReceivedEmail().raw));
      expect(await store.workloadState('a', 'incoming')).toMatchObject({
        nextRunAt: 302_000,
        leaseOwner: undefined,
        lastOutcome: 'partial',
      });
      expect(await store.statistics('a')).toMatchObject({
        itemsProcessedForLastSync: 1,
        itemsFailedForLastSync: 1,
        receivingPostponedUntil: 302_000,
      });
    });

    it('gives a received email back as it was stored', async () => {
      const attachment = {
        fileName: 'a.txt',
        mimeType: 'text/plain',
        contentId: undefined,
        sizeBytes: 3,
        content: new Uint8Array([1, 2, 3]),
      };
      const email = aReceivedEmail({
        raw: new Uint8Array([65, 13, 10]),
        htmlBody: '<p>Hello</p>',
        parties: [
          { role: 'from', name: 'Ann', address: 'ann@example.test' },
          { role: 'cc', name: '', address: 'bob@example.test' },
        ],
        attachments: [attachment, { ...attachment, fileName: undefined, contentId: '<1>' }],
      });
      const { storedIds } = await store.commitIncoming(await lease(), {
        items: [{ ...stored('u1'), email }],
        ...nothingGone,
      });
      const emailId = storedIds.get('u1')!;
      expect(await store.receivedEmail(emailId)).toEqual(email);
      expect(await store.receivedEmail(emailId + 1)).toBeUndefined();
    });

    it('keeps none of a page that cannot be written whole', async () => {
      const held = await lease();
      // A party without an address breaks a rule of the schema after the first item was written.
      const broken = aReceivedEmail({
        parties: [{ role: 'to', name: '', address: null as unknown as string }],
      });
      const items = [stored('u1'), { ...stored('u2'), email: broken }];
      await expect(store.commitIncoming(held, { items, ...nothingGone })).rejects.toThrow();
      expect(await store.receivedEmails()).toEqual([]);
      expect((await store.itemLedger('a')).size).toBe(0);
    });

    it('binds a duplicate to its new UIDL and makes no second record', async () => {
      const held = await lease();
      const first = await store.commitIncoming(held, { items: [stored('old')], ...nothingGone });
      const emailId = first.storedIds.get('old')!;
      const again = { itemId: 'new', outcome: 'duplicate', emailId, deletePending: false } as const;
      await store.commitIncoming(held, { items: [again], gone: ['old'] });
      expect(await store.receivedEmails()).toHaveLength(1);
      expect((await store.storedWithHash('a', ['aa'])).get('aa')).toEqual([{ emailId, itemId: 'new' }]);
      expect([...(await store.itemLedger('a')).keys()]).toEqual(['new']);
    });

    it('shows a quarantined item and puts it back on request', async () => {
      const held = await lease();
      await store.beginItems(held, ['u'], 1_234);
      await store.commitIncoming(held, {
        items: [{ itemId: 'u', outcome: 'quarantined', reason: 'poison', raw: Buffer.from('x') }],
        ...nothingGone,
      });
      expect(await store.quarantine('a')).toEqual([
        { mailboxId: 'a', itemId: 'u', strikes: 1, reason: 'poison', quarantinedOn: 1_234 },
      ]);
      await store.redrive('a', 'u');
      expect(await store.quarantine()).toEqual([]);
      expect((await store.itemLedger('a')).get('u')).toMatchObject({ state: 'begun', strikes: 0 });
    });

    it('keeps how far a folder was followed, in the commit of its items', async () => {
      const held = await lease();
      const cursor = {
        folder: 'inbox',
        link: 'https://graph.test/next',
        walking: true,
        walk: 1,
        pageSize: 25,
        idlePages: 0,
        lastPage: 'aa',
      };
      await store.beginItems(held, ['i1', 'i2'], 1_001);
      const items = [stored('i1'), { itemId: 'i2', outcome: 'failed', reason: 'refused' } as const];
      await store.commitIncoming(held, { items, gone: [], cursor });
      const work = await store.folderWork('a', 2_000, 10);
      expect([...work.cursors.values()]).toEqual([cursor]);
      expect(work.unsettled.map(({ itemId, strikes }) => [itemId, strikes])).toEqual([['i2', 1]]);
      expect([...(await store.ledgerEntries('a', ['i1', 'i9'])).keys()]).toEqual(['i1']);
      const later = { ...cursor, link: undefined, walking: false, walk: 2 };
      await store.commitIncoming(held, { ...nothingGone, items: [], cursor: later }, aCycleEnd());
      expect((await store.folderWork('a', 2_000, 10)).cursors.get('inbox')).toEqual(later);
      expect((await store.folderWork('b', 2_000, 10)).cursors.size).toBe(0);
    });

    it('tracks what enters the store, lets go of it, and knows what the server does not show yet', async () => {
      const held = await lease();
      const tracking = { by: 'folder', regarding: 'case 1', folderId: 'f1', marked: false } as const;
      await store.commitIncoming(held, { ...nothingGone, items: [{ ...stored('i1'), tracking }] });
      const tracked = async () => (await store.trackings('a', ['i1'])).get('i1');
      expect(await tracked()).toMatchObject({ tracked: true, ...tracking });
      expect(await store.marksToWrite('a', 9)).toEqual([
        { itemId: 'i1', tracked: true, undeliverable: false },
      ]);
      const change = (...changes: Parameters<Store['commitIncoming']>[1]['tracking'] & object) =>
        store.commitIncoming(held, { ...nothingGone, items: [], tracking: changes });
      await change({ kind: 'marked', itemId: 'i1', marked: true });
      expect(await store.marksToWrite('a', 9)).toEqual([]);
      await store.trackByHand('a', { itemId: 'i1' }, 'case 2');
      expect(await tracked()).toMatchObject({ by: 'folder', regarding: 'case 2', folderId: 'f1' });
      await change({ kind: 'regarding', folderId: 'f1', regarding: 'case 1' });
      expect(await tracked()).toMatchObject({ regarding: 'case 1' });
      expect(await store.unlisted('a', 'f1', 2, 9)).toEqual(['i1']);
      await change({ kind: 'listed', itemId: 'i1', folderId: 'f1', walk: 2 });
      expect(await store.unlisted('a', 'f1', 2, 9)).toEqual([]);
      await change({ kind: 'release', itemId: 'i1', folderId: 'other', marked: true });
      expect(await tracked()).toMatchObject({ tracked: true });
      await change({ kind: 'release', itemId: 'i1', folderId: 'f1', marked: true });
      expect(await tracked()).toMatchObject({ tracked: false, folderId: undefined });
      expect(await store.marksToWrite('a', 9)).toEqual([
        { itemId: 'i1', tracked: false, undeliverable: false },
      ]);
      expect(await store.receivedEmails('a')).toHaveLength(1);
    });

    it('moves the tracking along when a record is bound to another id', async () => {
      const held = await lease();
      const tracking = { by: 'automatic', regarding: undefined, folderId: undefined, marked: true } as const;
      const page = { ...nothingGone, items: [{ ...stored('old'), tracking }] };
      const emailId = (await store.commitIncoming(held, page)).storedIds.get('old')!;
      const again = { itemId: 'new', outcome: 'duplicate', emailId, deletePending: false, tracking } as const;
      await store.commitIncoming(held, { ...nothingGone, items: [again] });
      expect([...(await store.trackings('a', ['old', 'new'])).keys()]).toEqual(['new']);
      expect([...(await store.ledgerEntries('a', ['old', 'new'])).keys()]).toEqual(['old', 'new']);
    });

    it('tracks what turns up in a folder, once, and lets go of it in the Inbox', async () => {
      const held = await lease();
      await store.commitIncoming(held, { ...nothingGone, items: [stored('f1:7.1')] });
      const placed = (folderId: string | undefined, regarding?: string) =>
        store.commitIncoming(held, {
          ...nothingGone,
          items: [],
          tracking: [{ kind: 'placed', itemId: 'f1:7.1', folderId, regarding }],
        });
      const tracked = async () => (await store.trackings('a', ['f1:7.1'])).get('f1:7.1');
      await placed(undefined);
      expect(await tracked()).toBeUndefined();
      await placed('f1', 'case 1');
      expect(await tracked()).toMatchObject({
        tracked: true,
        by: 'folder',
        regarding: 'case 1',
        marked: true,
      });
      await store.untrackByHand('a', { itemId: 'f1:7.1' });
      await placed('f1', 'case 1');
      expect(await tracked()).toMatchObject({ tracked: false, folderId: 'f1' });
      await placed('f2');
      expect(await tracked()).toMatchObject({ tracked: true, folderId: 'f2', regarding: 'case 1' });
      await placed(undefined);
      expect(await tracked()).toMatchObject({ tracked: false, folderId: undefined });
    });

    it('binds no record to a second id of the same message', async () => {
      const held = await lease();
      const emailId = (
        await store.commitIncoming(held, { ...nothingGone, items: [stored('f1:7.1')] })
      ).storedIds.get('f1:7.1')!;
      const beside = { outcome: 'duplicate', emailId, deletePending: false, beside: true } as const;
      await store.commitIncoming(held, { ...nothingGone, items: [{ itemId: '9.1', ...beside }] });
      const { rawSha256 } = (await store.receivedEmails('a'))[0]!;
      const records = await store.storedWithHash('a', [rawSha256]);
      expect(records.get(rawSha256)).toEqual([{ emailId, itemId: 'f1:7.1' }]);
      expect((await store.ledgerEntries('a', ['9.1'])).get('9.1')?.state).toBe('duplicate');
      const boundTo = async () => (await store.storedWithHash('a', [rawSha256])).get(rawSha256)?.[0]?.itemId;
      await store.commitIncoming(held, { items: [], gone: ['9.1'] });
      expect(await boundTo()).toBe('f1:7.1');
      await store.commitIncoming(held, { ...nothingGone, items: [{ itemId: '9.1', ...beside }] });
      await store.commitIncoming(held, { items: [], gone: ['f1:7.1'] });
      expect(await boundTo()).toBe('9.1');
    });

    it('finds a record by what its provider knows it by', async () => {
      const held = await lease();
      const items = [{ ...stored('7.1'), identity: 'g1' }, stored('7.2')];
      const ids = (await store.commitIncoming(held, { ...nothingGone, items })).storedIds;
      const [one, other] = [ids.get('7.1')!, ids.get('7.2')!];
      const again = { itemId: '8.2', outcome: 'duplicate', emailId: other, deletePending: false } as const;
      await store.commitIncoming(held, { ...nothingGone, items: [{ ...again, identity: 'g2' }] });
      const found = await store.storedWithIdentity('a', ['g1', 'g2', 'g3']);
      expect([...found]).toEqual([
        ['g1', { emailId: one, itemId: '7.1' }],
        ['g2', { emailId: other, itemId: '8.2' }],
      ]);
      expect((await store.storedWithIdentity('b', ['g1'])).size).toBe(0);
    });

    it('forgets what a tracked folder held with the folder', async () => {
      const held = await lease();
      const folder = await store.addTrackingFolder(
        { mailboxId: 'a', folderId: undefined, path: 'Cases', regarding: undefined },
        25,
      );
      const known = { ...folder!, folderId: 'f1', status: 'valid', checkedOn: 1 } as const;
      const items = ['f1:7.1', 'f10:7.1', '7.1'].map((itemId) => stored(itemId));
      await store.commitIncoming(held, { ...nothingGone, items, folders: [known] });
      expect((await store.itemLedger('a')).size).toBe(3);
      await store.dropTrackingFolder('a', folder!.id);
      expect([...(await store.itemLedger('a')).keys()]).toEqual(['7.1', 'f10:7.1']);
      expect(await store.receivedEmails('a')).toHaveLength(3);
    });

    it('remembers what a person wants tracked until it is here', async () => {
      await store.trackByHand('a', { messageId: '<1@example.test>' }, undefined);
      await store.trackByHand('a', { itemId: 'i7' }, 'case 7');
      const wished = async () => (await store.folderWork('a', 1, 9)).wishes;
      expect((await wished()).map(({ itemId, messageId }) => itemId ?? messageId)).toEqual([
        '<1@example.test>',
        'i7',
      ]);
      expect(await store.untrackByHand('a', { itemId: 'i7' })).toBe(true);
      expect(await store.untrackByHand('a', { itemId: 'i7' })).toBe(false);
      const granted = (await wished()).map(({ id }) => id);
      await store.commitIncoming(await lease(), { ...nothingGone, items: [stored('i1')], granted });
      expect(await wished()).toEqual([]);
      await store.trackByHand('a', { messageId: '<1@example.test>' }, 'case 1');
      expect((await store.trackings('a', ['i1'])).get('i1')).toMatchObject({
        by: 'manual',
        regarding: 'case 1',
      });
    });

    it('holds so many tracked folders and no more, and says what became of them', async () => {
      const add = (path: string, regarding?: string) =>
        store.addTrackingFolder({ mailboxId: 'a', folderId: undefined, path, regarding }, 2);
      const first = (await add('Projects', 'case 1'))!;
      await add('Other');
      expect(await add('Third')).toBeUndefined();
      expect(await add('Projects', 'case 2')).toMatchObject({ id: first.id, regarding: 'case 2' });
      const checked = { id: first.id, folderId: 'f1', path: 'Work', status: 'valid', checkedOn: 5 } as const;
      await store.commitIncoming(await lease(), { ...nothingGone, items: [], folders: [checked] });
      expect((await store.trackingFolders('a'))[0]).toMatchObject({ ...checked, regarding: 'case 2' });
      expect(await store.dropTrackingFolder('b', first.id)).toBe(false);
      expect(await store.dropTrackingFolder('a', first.id)).toBe(true);
      expect(await store.trackingFolders('a')).toHaveLength(1);
    });

    it('shows what is to be shown of a quarantined item once, and asks for a deletion until it is done', async () => {
      const held = await lease();
      await store.beginItems(held, ['bad'], 1_001);
      const bad = { itemId: 'bad', outcome: 'quarantined', reason: 'poison', show: true } as const;
      const old = { ...stored('i1'), deletePending: true };
      await store.commitIncoming(held, { ...nothingGone, items: [bad, old] });
      expect(await store.marksToWrite('a', 9)).toEqual([
        { itemId: 'bad', tracked: false, undeliverable: true },
      ]);
      expect((await store.folderWork('a', 1, 9)).toDelete).toEqual(['i1']);
      const done = { shownUndeliverable: ['bad'], deleted: ['i1'] };
      await store.commitIncoming(held, { ...nothingGone, items: [], ...done });
      expect(await store.marksToWrite('a', 9)).toEqual([]);
      expect((await store.folderWork('a', 1, 9)).toDelete).toEqual([]);
    });

    it('takes an email from queued to sent, recipient by recipient', async () => {
      const email = {
        id: 'e',
        mailboxId: 'a',
        subject: 's',
        to: [{ address: 'x@example.test' }],
        bcc: [{ name: 'Y', address: 'y@example.test' }],
        attachments: [{ fileName: 'f', mimeType: 'text/plain', content: new Uint8Array([0, 255]) }],
      };
      await store.queueEmail(email, { messageId: '<e@example.test>', queuedOn: 1 });
      await store.queueEmail(email, { messageId: '<other@example.test>', queuedOn: 2 });
      const held = await lease('outgoing');
      const [pending] = await store.pendingSend('a', 1_000, 10);
      expect(pending).toMatchObject({ ...email, messageId: '<e@example.test>', deliveryAttempts: 0 });
      expect(await store.beginSending(held, 'e', 1_000)).toBe(true);
      expect(await store.pendingSend('a', 1_000, 10)).toEqual([]);
      expect((await store.abandonedSending(held)).map(({ handed }) => handed)).toEqual([false]);
      expect(await store.markHanded(held, 'e')).toBe(true);
      expect((await store.abandonedSending(held)).map(({ handed }) => handed)).toEqual([true]);
      const recipients = [
        { address: 'x@example.test', outcome: 'accepted', reply: '250 ok' },
        { address: 'y@example.test', outcome: 'refused', reply: '550 no' },
      ] as const;
      await store.recordSend(held, {
        emailId: 'e',
        status: EmailStatus.failed,
        recipients,
        attemptedOn: 1_100,
        error: undefined,
        alerts: [],
      });
      expect(await store.outgoingEmail('e')).toMatchObject({
        status: EmailStatus.failed,
        deliveryAttempts: 1,
        recipients,
      });
      await store.resend('e', 2_000);
      const again = await store.outgoingEmail('e');
      expect(again?.recipients.map(({ outcome }) => outcome)).toEqual(['accepted', 'pending']);
    });

    it('keeps the draft of an email from its making to its removal', async () => {
      const email = { id: 'e', mailboxId: 'a', subject: 's', to: [{ address: 'x@example.test' }] };
      await store.queueEmail(email, { messageId: '<e@example.test>', queuedOn: 1 });
      const held = await lease('outgoing');
      expect(await store.markDraft(held, 'e', 'd1')).toBe(false);
      await store.beginSending(held, 'e', 1_000);
      expect(await store.markDraft(held, 'e', 'd1')).toBe(true);
      expect(await store.markHanded(held, 'e', 1_010)).toBe(true);
      expect(await store.countLook(held, 'e')).toBe(true);
      const handed = { draftId: 'd1', handed: true, handedOn: 1_010, looks: 1, attemptedOn: 1_000 };
      expect(await store.abandonedSending(held)).toMatchObject([handed]);
      const settled = { emailId: 'e', recipients: [], attemptedOn: 1_100, error: undefined, alerts: [] };
      await store.recordSend(held, { ...settled, status: EmailStatus.pendingSend });
      expect(await store.leftovers('a')).toEqual([]);
      expect(await store.pendingSend('a', 1_200, 1)).toMatchObject([{ draftId: 'd1', handedOn: 1_010 }]);
      await store.beginSending(held, 'e', 1_200);
      await store.recordSend(held, { ...settled, status: EmailStatus.failed, leftover: 'draft' });
      const left = {
        emailId: 'e',
        messageId: '<e@example.test>',
        draftId: 'd1',
        kind: 'draft',
        since: 1_100,
      };
      expect(await store.leftovers('a')).toEqual([left]);
      await store.finishCycle(held, aCycleEnd({ nextRunAt: 1_500 }));
      expect(
        (await store.finishIdle({ now: 2_000, windowMs: 500 })).map(({ mailboxId }) => mailboxId),
      ).toEqual(['b', 'c']);
      const later = await lease('outgoing', 2_000);
      expect(await store.clearLeftover(held, 'e')).toBe(false);
      expect(await store.clearLeftover(later, 'e')).toBe(true);
      expect(await store.leftovers('a')).toEqual([]);
      await store.resend('e', 3_000);
      expect(await store.outgoingEmail('e')).not.toHaveProperty('draftId');
    });

    describe('the copy in the Sent folder', () => {
      const sentCopyAlert = {
        scope: 'mailbox' as const,
        mailboxId: 'a',
        emailServerProfileId: undefined,
        workload: 'outgoing' as const,
        severity: 'warning' as const,
        code: 'sent-copy-trouble',
        text: 'No copy.',
      };
      const send = async (
        held: Lease,
        id: string,
        sentCopy: 'due' | 'not-wanted' | undefined,
        at: number,
      ) => {
        await store.beginSending(held, id, at);
        return store.recordSend(held, {
          emailId: id,
          status: EmailStatus.pendingSend,
          recipients: [],
          attemptedOn: at,
          error: undefined,
          alerts: [],
          sentCopy,
        });
      };
      const due = async (now: number) =>
        (await store.sentCopiesDue('a', now, 10)).map(({ email, copy }) => [
          email.id,
          copy.state,
          copy.attempts,
        ]);
      const settled = { at: 3_000, alerts: [], clearAlertCodes: [] };
      beforeEach(async () => {
        for (const id of ['e', 'f'])
          await store.queueEmail(
            { id, mailboxId: 'a', subject: 's', to: [{ address: 'x@example.test' }] },
            { messageId: `<${id}@example.test>`, queuedOn: 1 },
          );
      });

      it('is due from the commit that says somebody was accepted, is begun, and is done', async () => {
        const held = await lease('outgoing');
        await send(held, 'e', undefined, 1_100);
        expect(await store.outgoingEmail('e')).not.toHaveProperty('sentCopy');
        await send(held, 'e', 'due', 1_200);
        await send(held, 'e', 'not-wanted', 1_300);
        await send(held, 'f', 'not-wanted', 1_400);
        const first = { state: 'due', datedOn: 1_200, attempts: 0 };
        expect((await store.sentCopiesDue('a', 1_400, 10)).map(({ copy }) => copy)).toEqual([first]);
        expect(await store.beginSentCopy(held, 'f')).toBe(false);
        expect(await store.beginSentCopy(held, 'e')).toBe(true);
        expect(await due(1_400)).toEqual([['e', 'begun', 1]]);
        expect(await store.recordSentCopy(held, { ...settled, emailId: 'e', state: 'done' })).toBe(true);
        expect(await due(9_000)).toEqual([]);
        expect(await store.recordSentCopy(held, { ...settled, emailId: 'e', state: 'given-up' })).toBe(false);
        expect((await store.outgoingEmail('e'))?.sentCopy).toEqual({ ...first, state: 'done', attempts: 1 });
        expect((await store.outgoingEmail('f'))?.sentCopy?.state).toBe('not-wanted');
      });

      it('waits as long as it was told, and keeps the cycle from being idle only when it may be tried', async () => {
        const held = await lease('outgoing');
        await send(held, 'e', 'due', 1_200);
        await store.recordSend(held, {
          emailId: 'e',
          status: EmailStatus.sent,
          recipients: [],
          attemptedOn: 1_250,
          error: undefined,
          alerts: [],
        });
        await send(held, 'f', 'not-wanted', 1_200);
        await store.recordSend(held, {
          emailId: 'f',
          status: EmailStatus.sent,
          recipients: [],
          attemptedOn: 1_250,
          error: undefined,
          alerts: [],
        });
        await store.beginSentCopy(held, 'e');
        const later = { state: 'begun', attempts: 0, notBefore: 5_000, reason: 'slow down' } as const;
        await store.recordSentCopy(held, { ...settled, ...later, emailId: 'e', alerts: [sentCopyAlert] });
        expect(await due(4_999)).toEqual([]);
        expect(await due(5_000)).toEqual([['e', 'begun', 0]]);
        expect((await store.outgoingEmail('e'))?.sentCopy?.reason).toBe('slow down');
        expect(await store.alerts({ open: true })).toHaveLength(1);
        await store.finishCycle(held, aCycleEnd({ nextRunAt: 2_000 }));
        const idle = async (now: number) =>
          (await store.finishIdle({ now, windowMs: 500 })).map(({ mailboxId }) => mailboxId);
        expect(await idle(4_999)).toEqual(['a', 'b', 'c']);
        expect(await idle(6_000)).toEqual(['b', 'c']);
        const next = await lease('outgoing', 6_000);
        const done = {
          ...settled,
          emailId: 'e',
          state: 'done',
          clearAlertCodes: ['sent-copy-trouble'],
        } as const;
        expect(await store.beginSentCopy(held, 'e')).toBe(false);
        expect(await store.recordSentCopy(held, done)).toBe(false);
        expect(await store.recordSentCopy(next, done)).toBe(true);
        expect(await store.alerts({ open: true })).toEqual([]);
      });

      it('is a wish of the mailbox', async () => {
        expect(await store.mailbox('a')).not.toHaveProperty('saveSentCopy');
        await store.saveMailbox(aMailbox('a', { saveSentCopy: false }));
        expect((await store.mailbox('a'))?.saveSentCopy).toBe(false);
      });
    });

    describe('flags of received mail', () => {
      const unset = { seen: false, flagged: false, answered: false };
      const all = { seen: true, flagged: true, answered: true };
      const cursor = {
        folder: 'INBOX',
        numbering: '7.',
        modseq: 2n ** 60n,
        reading: { of: 'changes', afterUid: 3, modseq: undefined },
        allReadOn: 5,
        keeps: all,
      } as const;
      let held: Lease;
      let ids: ReadonlyMap<string, number>;
      beforeEach(async () => {
        await store.saveMailbox(aMailbox('a', { synchronizeFlags: true }));
        held = await lease();
        const items = ['7.1', '7.2', '8.1'].map((itemId) => ({
          ...stored(itemId),
          email: aReceivedEmail({ rawSha256: itemId }),
        }));
        const page = { items, ...nothingGone, readsFlags: true };
        ({ storedIds: ids } = await store.commitIncoming(held, page));
      });
      const id = (itemId: string): number => ids.get(itemId)!;
      const own = async (itemId: string) => store.emailFlags(id(itemId));
      const toSettle = async (changes: object = {}) => {
        const records = await store.flagsToSettle({
          mailboxId: 'a',
          numbering: '7.',
          keeps: all,
          maxTries: 2,
          afterEmailId: 0,
          limit: 9,
          ...changes,
        });
        return records.map(({ itemId }) => itemId);
      };
      const settle = (itemId: string, settlement: object = {}, by = held) =>
        store.settleFlags(by, [
          { emailId: id(itemId), saw: unset, agreed: unset, own: unset, ...settlement },
        ]);

      it('is a wish of the mailbox', async () => {
        expect((await store.mailbox('a'))?.synchronizeFlags).toBe(true);
        expect(await store.mailbox('b')).not.toHaveProperty('synchronizeFlags');
      });

      it('are set whole or not at all, and only where they are shared', async () => {
        const other = await lease();
        const page = { items: [stored('7.1')], ...nothingGone };
        const foreign = (await store.commitIncoming(other, page)).storedIds.get('7.1')!;
        expect(await store.setEmailFlags([id('7.1'), foreign, 999], { seen: true })).toEqual([foreign, 999]);
        expect(await own('7.1')).toEqual(unset);
        expect(await store.setEmailFlags([id('7.1'), id('7.2')], { seen: true, flagged: true })).toEqual([]);
        await store.setEmailFlags([id('7.1')], { seen: false });
        expect(await own('7.1')).toEqual({ ...unset, flagged: true });
        expect(await store.emailFlags(999)).toBeUndefined();
        const flags = (await store.receivedEmails('a')).map((email) => email.flags.flagged);
        expect(flags).toEqual([true, true, false]);
      });

      it('wait for the mailbox until it was asked, and again when the application changes them', async () => {
        expect(await toSettle()).toEqual(['7.1', '7.2']);
        expect(await toSettle({ afterEmailId: id('7.1') })).toEqual(['7.2']);
        expect(await toSettle({ limit: 1 })).toEqual(['7.1']);
        await settle('7.1', { agreed: { ...unset, seen: true }, own: { ...unset, seen: true } });
        await settle('7.2');
        expect(await own('7.1')).toEqual({ ...unset, seen: true });
        expect(await toSettle()).toEqual([]);
        await store.setEmailFlags([id('7.2')], { answered: true });
        expect(await toSettle()).toEqual(['7.2']);
        expect(await toSettle({ keeps: { ...all, answered: false } })).toEqual([]);
        await store.commitIncoming(held, { items: [], gone: ['7.2'] });
        expect(await toSettle()).toEqual([]);
      });

      it('of an item that is gone are set aside, and wait again once it is bound or they are set anew', async () => {
        await settle('7.1');
        await settle('7.2');
        await store.setEmailFlags([id('7.1'), id('7.2')], { seen: true });
        expect([...(await store.storedItems('a', '7.'))].sort()).toEqual(['7.1', '7.2']);
        await store.commitIncoming(held, { items: [], gone: ['7.1'] });
        expect(await store.storedItems('a', '7.')).toEqual(['7.2']);
        await store.offerFlagsAgain(held);
        expect(await toSettle()).toEqual(['7.2']);
        const again = {
          itemId: '7.1',
          outcome: 'duplicate',
          emailId: id('7.1'),
          deletePending: false,
        } as const;
        await store.commitIncoming(held, { items: [again], gone: [], readsFlags: true });
        expect(await toSettle()).toEqual(['7.1', '7.2']);
        expect((await store.flagRecords('a', ['7.1'])).get('7.1')).toMatchObject({
          agreed: unset,
          own: { ...unset, seen: true },
        });
        await store.commitIncoming(held, { items: [], gone: ['7.2'] });
        await store.offerFlagsAgain(held);
        const back = { ...again, itemId: '7.2', emailId: id('7.2') };
        await store.commitIncoming(held, { items: [back], gone: [] });
        expect(await toSettle()).toEqual(['7.1']);
        await store.setEmailFlags([id('7.2')], { flagged: true });
        expect(await toSettle()).toEqual(['7.1', '7.2']);
      });

      it('are asked for again when a record is bound to another item', async () => {
        await settle('7.1');
        await settle('7.2');
        const item = {
          itemId: '7.9',
          outcome: 'duplicate',
          emailId: id('7.1'),
          deletePending: false,
        } as const;
        await store.commitIncoming(held, { items: [item], gone: ['7.1'], readsFlags: true });
        expect(await toSettle()).toEqual(['7.9']);
        const records = await store.flagRecords('a', ['7.9', '7.1']);
        expect([...records.keys()]).toEqual(['7.9']);
        expect(records.get('7.9')).toMatchObject({ emailId: id('7.1'), looked: false });
      });

      it('keep what the application sets while they are settled', async () => {
        await store.setEmailFlags([id('7.1')], { seen: true });
        const [record] = (await store.flagRecords('a', ['7.1'])).values();
        await store.setEmailFlags([id('7.1')], { seen: false, answered: true });
        const now = { ...unset, seen: true, flagged: true };
        await settle('7.1', { saw: record!.own, agreed: now, own: now });
        expect(await own('7.1')).toEqual({ seen: false, flagged: true, answered: true });
        expect((await store.flagRecords('a', ['7.1'])).get('7.1')?.agreed).toEqual(now);
        expect(await toSettle()).toContain('7.1');
      });

      it('remember what was offered, and leave alone what was offered in vain as often as is allowed', async () => {
        await settle('7.1');
        await settle('7.2');
        await store.setEmailFlags([id('7.1')], { seen: true });
        const offers = [{ emailId: id('7.1'), offered: { ...unset, seen: true } }];
        expect(await store.offerFlags(held, offers)).toBe(true);
        await store.setEmailFlags([id('7.1')], { seen: false });
        expect((await store.flagRecords('a', ['7.1'])).get('7.1')).toMatchObject({
          agreed: unset,
          own: unset,
          offered: { seen: true },
        });
        for (let time = 0; time < 2; time += 1) {
          expect(await toSettle()).toEqual(['7.1']);
          await store.offerFlags(held, offers);
        }
        expect(await toSettle()).toEqual([]);
        // That something was found out does not make it another try.
        await settle('7.1', { agreed: { ...unset, flagged: true } });
        expect(await toSettle()).toEqual([]);
        expect(await store.offerFlagsAgain(held)).toBe(true);
        expect(await toSettle()).toEqual(['7.1']);
        await store.offerFlags(held, offers);
        await store.offerFlags(held, offers);
        await store.setEmailFlags([id('7.1')], { seen: true });
        expect(await toSettle()).toEqual(['7.1']);
        await settle('7.1', { saw: { ...unset, seen: true }, own: { ...unset, seen: true } });
        expect((await store.flagRecords('a', ['7.1'])).get('7.1')?.offered).toBeUndefined();
      });

      it('have a cursor for each folder, written with what it accounts for', async () => {
        expect(await store.flagCursor('a', 'INBOX')).toBeUndefined();
        await store.settleFlags(held, [], cursor);
        expect(await store.flagCursor('a', 'INBOX')).toEqual(cursor);
        const next = { ...cursor, modseq: undefined, reading: undefined };
        await store.settleFlags(held, [], next);
        expect(await store.flagCursor('a', 'INBOX')).toEqual(next);
        expect(await store.flagCursor('b', 'INBOX')).toBeUndefined();
      });

      it('are not written by a late runner', async () => {
        await store.leaseDue({ workload: 'incoming', now: 1_500, limit: 9, owner: 'two', leaseMs: 500 });
        expect(await settle('7.1', { own: all })).toBe(false);
        expect(await store.offerFlags(held, [{ emailId: id('7.1'), offered: all }])).toBe(false);
        expect(await store.offerFlagsAgain(held)).toBe(false);
        expect(await store.settleFlags(held, [], cursor)).toBe(false);
        expect(await own('7.1')).toEqual(unset);
        expect(await store.flagCursor('a', 'INBOX')).toBeUndefined();
      });
    });

    it('clears what was told of an email when it is sent again, and when it was sent', async () => {
      for (const id of ['e', 'f'])
        await store.queueEmail(
          { id, mailboxId: 'a', subject: 's', to: [{ address: 'x@example.test' }] },
          { messageId: `<${id}@example.test>`, queuedOn: 1 },
        );
      const held = await lease('outgoing');
      const send = async (emailId: string, status: EmailStatus, codes: readonly string[]) => {
        await store.beginSending(held, emailId, 1_000);
        const alerts = codes.map((code) => ({
          scope: 'email' as const,
          mailboxId: 'a',
          emailId,
          emailServerProfileId: undefined,
          workload: 'outgoing' as const,
          severity: 'error' as const,
          code,
          text: `${code} ${emailId}`,
        }));
        await store.recordSend(held, {
          emailId,
          status,
          recipients: [],
          attemptedOn: 1_100,
          error: undefined,
          alerts,
        });
      };
      const open = async () => (await store.alerts({ open: true })).map(({ text }) => text);
      await send('e', EmailStatus.pendingSend, ['send-uncertain']);
      await send('f', EmailStatus.failed, ['send-failed']);
      await send('e', EmailStatus.sent, []);
      expect(await open()).toEqual(['send-failed f']);
      await store.resend('f', 2_000);
      expect(await open()).toEqual([]);
    });

    it('ends idle outgoing cycles at once, and only those', async () => {
      await store.queueEmail(
        { id: 'e', mailboxId: 'b', subject: 's', to: [{ address: 'x@example.test' }] },
        { messageId: '<e@example.test>', queuedOn: 1 },
      );
      expect(await store.finishIdle({ now: 1_000, windowMs: 500 })).toEqual([
        { mailboxId: 'a', fence: 1, nextRunAt: 1_500 },
        { mailboxId: 'c', fence: 1, nextRunAt: 1_500 },
      ]);
      expect((await lease('outgoing')).mailboxId).toBe('b');
    });

    it('holds one alert of a code open at a time, and counts', async () => {
      const alert = {
        scope: 'mailbox',
        mailboxId: 'a',
        emailServerProfileId: 'p',
        workload: 'incoming',
        severity: 'warning',
        code: 'sync-trouble',
        text: 'x',
      } as const;
      await store.raiseAlert(alert, 1);
      await store.raiseAlert(alert, 2);
      expect(await store.alerts({ open: true })).toMatchObject([
        { count: 2, firstRaisedOn: 1, lastRaisedOn: 2 },
      ]);
      await store.finishCycle(await lease(), aCycleEnd({ clearAlertCodes: ['sync-trouble'] }));
      expect(await store.alerts({ open: true })).toEqual([]);
      expect(await store.alerts()).toHaveLength(1);
    });

    it('does not switch on by a second save what was disabled meanwhile', async () => {
      await store.finishCycle(await lease(), aCycleEnd({ disable: true }));
      await store.saveMailbox(aMailbox('a', { name: 'Other name' }));
      expect((await store.workloadState('a', 'incoming'))?.enabled).toBe(false);
      await store.setWorkloadEnabled('a', 'incoming', true, 9_000);
      expect(await store.workloadState('a', 'incoming')).toMatchObject({ enabled: true, nextRunAt: 9_000 });
    });
  });
}
