/** What a search is asked of: the searchable side of one message, made only when somebody searches. */
export interface Searchable {
  readonly subject: string;
  readonly body: string;
  /** Names and addresses, by property: from, to, cc, bcc. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly attachments: readonly string[];
  readonly hasAttachments: boolean;
  readonly importance: string;
  readonly isRead: boolean;
  readonly receivedAtMs: number;
  readonly sizeBytes: number;
}

/** A search understood: terms joined by AND, OR and NOT. */
export type SearchTerm =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly SearchTerm[] }
  | { readonly kind: 'not'; readonly term: SearchTerm }
  /** Words that begin words of the text, in this order; of one property, or of any. */
  | { readonly kind: 'words'; readonly property: TextProperty | undefined; readonly words: readonly string[] }
  | { readonly kind: 'flag'; readonly property: 'hasAttachments' | 'isRead'; readonly value: boolean }
  | {
      readonly kind: 'number';
      readonly property: 'receivedAtMs' | 'sizeBytes';
      /** Both ends included. */
      readonly from: number;
      readonly to: number;
    };

export type TextProperty =
  | 'subject'
  | 'body'
  | 'from'
  | 'to'
  | 'cc'
  | 'bcc'
  | 'recipients'
  | 'participants'
  | 'attachments'
  | 'importance';

/** Whether a message is found. */
export function found(term: SearchTerm, message: Searchable): boolean {
  switch (term.kind) {
    case 'and':
      return term.terms.every((part) => found(part, message));
    case 'or':
      return term.terms.some((part) => found(part, message));
    case 'not':
      return !found(term.term, message);
    case 'flag':
      return message[term.property] === term.value;
    case 'number':
      return message[term.property] >= term.from && message[term.property] <= term.to;
    case 'words':
      return textsOf(message, term.property).some((text) => hasWords(text, term.words));
    default:
      return term satisfies never;
  }
}

function textsOf(message: Searchable, property: TextProperty | undefined): readonly string[] {
  const { subject, body, from, to, cc, bcc, attachments } = message;
  switch (property) {
    // Without a property, Outlook looks at from, subject and body (graph/search-query-parameter).
    case undefined:
      return [subject, body, ...from];
    case 'recipients':
      return [...to, ...cc, ...bcc];
    case 'participants':
      return [...from, ...to, ...cc, ...bcc];
    case 'subject':
      return [subject];
    case 'body':
      return [body];
    case 'attachments':
      return attachments;
    case 'importance':
      return [message.importance];
    default:
      return message[property];
  }
}

/** Words of the text one after another begin with the wanted ones. */
function hasWords(text: string, wanted: readonly string[]): boolean {
  const words = wordsOf(text);
  return words.some((_, start) =>
    wanted.every((word, offset) => words[start + offset]?.startsWith(word) === true),
  );
}

/** Letters and digits in lower case; everything else parts words. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}
