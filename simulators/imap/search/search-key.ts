import type { Numbered } from '../folders/selected-folder.ts';

/** One condition of SEARCH (RFC 3501 section 6.4.4). */
export interface SearchKey {
  test(message: Numbered): boolean;
  /** It asks about modification sequences: the answer names the highest (RFC 7162 section 3.1.5). */
  readonly modSeq?: boolean;
}
