import { conversationOf } from '../mailbox/raw-facts.ts';
import { addressList, type NamedAddress } from './address-list.ts';
import { decodeWords } from './decode-words.ts';
import { fieldOf, type HeaderField } from './header-fields.ts';
import { htmlToText } from './html-to-text.ts';
import { bytesOf, type MimePart, parseMime, textOf } from './mime-part.ts';

/** What a mail program shows of a message beside its body; its bytes are decoded when asked for. */
export interface ReadAttachment {
  readonly kind: 'file' | 'item';
  readonly name: string;
  readonly contentType: string;
  readonly isInline: boolean;
  /** Without its angle brackets. */
  readonly contentId: string | undefined;
  readonly bytes: Buffer;
}

export interface ReadBody {
  readonly type: 'html' | 'text';
  readonly content: string;
}

/** A message as a mail program reads it. Everything is worked out when it is asked for, from the raw bytes alone. */
export class ReadMessage {
  readonly raw: Buffer;
  #root: MimePart | undefined;
  #chosen: { body: MimePart | undefined; attachments: readonly ReadAttachment[] } | undefined;
  #body: ReadBody | undefined;
  #preview: string | undefined;

  constructor(raw: Buffer) {
    this.raw = raw;
  }

  get fields(): readonly HeaderField[] {
    return this.#structure.fields;
  }

  /** The first field of that name, given in lower case; encoded words are left as they are. */
  field(name: string): string | undefined {
    return fieldOf(this.fields, name);
  }

  text(name: string): string | undefined {
    const value = this.field(name);
    return value === undefined ? undefined : decodeWords(value);
  }

  addresses(name: 'from' | 'sender' | 'to' | 'cc' | 'bcc' | 'reply-to'): readonly NamedAddress[] {
    return addressList(this.field(name));
  }

  /** With its angle brackets. */
  get messageId(): string | undefined {
    return /<[^<>\s]+>/.exec(this.field('message-id') ?? '')?.[0];
  }

  /** The Date field, ms since the epoch; undefined when it makes no sense. */
  get dateMs(): number | undefined {
    const ms = Date.parse((this.field('date') ?? '').replace(/\([^)]*\)/g, ''));
    return Number.isNaN(ms) ? undefined : ms;
  }

  get importance(): 'low' | 'normal' | 'high' {
    const said = (this.field('importance') ?? '').toLowerCase();
    if (said === 'high' || said === 'low') return said;
    const priority = /^[1-5]/.exec(this.field('x-priority') ?? '')?.[0];
    if (priority === undefined || priority === '3') return 'normal';
    return priority < '3' ? 'high' : 'low';
  }

  get conversation(): string {
    return conversationOf(this.raw);
  }

  /** The HTML body, or the plain one when there is no HTML. */
  get body(): ReadBody {
    if (this.#body === undefined) {
      const { body } = this.#parts;
      this.#body = {
        type: body?.type === 'text/html' ? 'html' : 'text',
        content: body === undefined ? '' : textOf(this.raw, body),
      };
    }
    return this.#body;
  }

  /** The first 255 characters of the body as text, with its white space drawn together. */
  get preview(): string {
    if (this.#preview === undefined) {
      const { type, content } = this.body;
      const text = type === 'html' ? htmlToText(content) : content;
      this.#preview = text.replace(/\s+/g, ' ').trim().slice(0, 255);
    }
    return this.#preview;
  }

  get attachments(): readonly ReadAttachment[] {
    return this.#parts.attachments;
  }

  get #structure(): MimePart {
    this.#root ??= parseMime(this.raw);
    return this.#root;
  }

  get #parts(): { body: MimePart | undefined; attachments: readonly ReadAttachment[] } {
    if (this.#chosen === undefined) {
      const bodies: MimePart[] = [];
      const others: MimePart[] = [];
      sort(this.#structure, bodies, others, false);
      const body = bodies.find(({ type }) => type === 'text/html') ?? bodies[0];
      this.#chosen = { body, attachments: others.map((part) => new PartAttachment(this.raw, part)) };
    }
    return this.#chosen;
  }
}

class PartAttachment implements ReadAttachment {
  readonly #raw: Buffer;
  readonly #part: MimePart;

  constructor(raw: Buffer, part: MimePart) {
    this.#raw = raw;
    this.#part = part;
  }
  get kind(): 'file' | 'item' {
    return this.#part.type === 'message/rfc822' ? 'item' : 'file';
  }
  get name(): string {
    const { fileName, parts, type } = this.#part;
    if (fileName !== undefined) return fileName;
    const subject = type === 'message/rfc822' ? fieldOf(parts[0]?.fields ?? [], 'subject') : undefined;
    return subject === undefined ? 'attachment' : decodeWords(subject);
  }
  get contentType(): string {
    return this.#part.type;
  }
  get isInline(): boolean {
    const { disposition } = this.#part;
    return disposition === 'inline' || (disposition === undefined && this.contentId !== undefined);
  }
  get contentId(): string | undefined {
    return fieldOf(this.#part.fields, 'content-id')?.replace(/^<|>$/g, '');
  }
  get bytes(): Buffer {
    return bytesOf(this.#raw, this.#part);
  }
}

/** Tells bodies from attachments, as mail programs do: the first texts nobody calls a file are the body. */
function sort(part: MimePart, bodies: MimePart[], others: MimePart[], alternative: boolean): void {
  const { type, disposition, fileName } = part;
  if (type.startsWith('multipart/')) {
    for (const child of part.parts) sort(child, bodies, others, type === 'multipart/alternative');
    return;
  }
  const isText = type === 'text/plain' || type === 'text/html';
  const named = disposition === 'attachment' || fileName !== undefined;
  if (isText && !named && (alternative || bodies.length === 0)) bodies.push(part);
  // What became of each recipient is for machines; and an invitation beside the body is the message itself.
  else if (type !== 'message/delivery-status' && !(alternative && type === 'text/calendar'))
    others.push(part);
}
