import type { Numbered } from '../folders/selected-folder.ts';
import { decodeWords } from '../mime/decode-words.ts';
import { firstValue } from '../mime/header-block.ts';
import { mimeOf } from '../mime/mime-part.ts';
import { isReplyOrForward } from './base-subject.ts';
import { sentMs, sortSubject } from './sort-criteria.ts';

/** A message with what answers it. Without a message of its own: what its children are thought to answer is not there. */
export interface ThreadNode {
  readonly message: Numbered | undefined;
  readonly children: readonly ThreadNode[];
}

interface Container {
  message: Numbered | undefined;
  parent: Container | undefined;
  children: Container[];
  sentMs: number;
}

/** Threads by what messages say they answer, then by subject: THREAD=REFERENCES (RFC 5256 section 3, steps 1 to 6). */
export function referenceThreads(messages: readonly Numbered[]): readonly ThreadNode[] {
  const roots = pruned(linked(messages).filter(({ parent }) => parent === undefined));
  for (const root of roots) arrangeWithin(root);
  roots.sort(bySentDate);
  const grouped = bySubject(roots);
  for (const root of grouped) arrange(root);
  return grouped.sort(bySentDate);
}

function empty(): Container {
  return { message: undefined, parent: undefined, children: [], sentMs: 0 };
}

/** Step 1. */
function linked(messages: readonly Numbered[]): readonly Container[] {
  const byId = new Map<string, Container>();
  const all: Container[] = [];
  const made = (): Container => {
    const container = empty();
    all.push(container);
    return container;
  };
  const named = (id: string): Container => {
    let container = byId.get(id);
    if (container === undefined) {
      container = made();
      byId.set(id, container);
    }
    return container;
  };
  for (const message of messages) {
    const { bytes, root } = mimeOf(message.entry.message.raw);
    const ids = (name: string): readonly string[] => messageIds(firstValue(bytes, root.header, name) ?? '');
    const [own] = ids('message-id');
    // Of several messages that call themselves the same, the first has the name.
    const isFirst = own !== undefined && byId.get(own)?.message === undefined;
    const container = isFirst ? named(own) : made();
    container.message = message;
    container.sentMs = sentMs(message);
    const references = ids('references');
    let parent: Container | undefined;
    for (const id of references.length > 0 ? references : ids('in-reply-to').slice(0, 1)) {
      const next = named(id);
      if (parent !== undefined && next.parent === undefined) link(parent, next);
      parent = next;
    }
    // What others said of its ancestors counts less than what it says itself.
    unlink(container);
    if (parent !== undefined) link(parent, container);
  }
  return all;
}

function link(parent: Container, child: Container): void {
  for (let above: Container | undefined = parent; above !== undefined; above = above.parent)
    if (above === child) return;
  child.parent = parent;
  parent.children.push(child);
}

function unlink(child: Container): void {
  const { parent } = child;
  if (parent === undefined) return;
  parent.children.splice(parent.children.indexOf(child), 1);
  child.parent = undefined;
}

/** Message ids in a field, without white space and quotes that change nothing. */
function messageIds(text: string): readonly string[] {
  return [...text.matchAll(/<([^<>@]+@[^<>@]+)>/g)].map(([, id = '']) => id.replace(/["\s]/g, ''));
}

/** Every container at and below some, each before those below it. */
function* walk(roots: readonly Container[]): Generator<Container> {
  const open = [...roots];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    yield one;
    open.push(...one.children);
  }
}

/** Step 3: without containers for messages that are not there, save those that hold several threads together. */
function pruned(roots: readonly Container[]): Container[] {
  for (const one of [...walk(roots)].reverse())
    one.children = one.children.flatMap((child) => (child.message === undefined ? child.children : [child]));
  return roots.flatMap((root) =>
    root.message !== undefined || root.children.length > 1 ? [root] : root.children,
  );
}

function bySentDate(one: Container, other: Container): number {
  return one.sentMs - other.sentMs || numberOf(one) - numberOf(other);
}

function numberOf({ message, children }: Container): number {
  return message?.number ?? children[0]?.message?.number ?? 0;
}

/** Puts children in order; a container without a message is as old as its first child. */
function arrange(one: Container): void {
  one.children.sort(bySentDate);
  if (one.message === undefined) one.sentMs = one.children[0]?.sentMs ?? 0;
}

function arrangeWithin(root: Container): void {
  for (const one of [...walk([root])].reverse()) arrange(one);
}

/** Step 5: threads with one subject become one. */
function bySubject(roots: readonly Container[]): Container[] {
  const table = new Map<string, Container>();
  for (const root of roots) {
    const subject = subjectOf(root);
    const known = table.get(subject);
    if (
      known === undefined ||
      (root.message === undefined && known.message !== undefined) ||
      (known.message !== undefined && isReply(known) && !isReply(root))
    )
      table.set(subject, root);
  }
  const merged = new Set<Container>(roots);
  for (const root of roots) {
    const subject = subjectOf(root);
    const known = table.get(subject);
    if (subject === '' || known === undefined || known === root) continue;
    merged.delete(root);
    if (root.message === undefined && known.message === undefined) known.children.push(...root.children);
    else if (known.message === undefined || (isReply(root) && !isReply(known))) known.children.push(root);
    else {
      const both = { ...empty(), children: [known, root] };
      merged.delete(known);
      merged.add(both);
      table.set(subject, both);
    }
  }
  return [...merged];
}

function first({ message, children }: Container): Numbered | undefined {
  return message ?? children[0]?.message;
}

function subjectOf(root: Container): string {
  const message = first(root);
  return message === undefined ? '' : sortSubject(message);
}

function isReply(root: Container): boolean {
  const message = first(root);
  if (message === undefined) return false;
  const { bytes, root: part } = mimeOf(message.entry.message.raw);
  return isReplyOrForward(decodeWords(firstValue(bytes, part.header, 'subject') ?? ''));
}
