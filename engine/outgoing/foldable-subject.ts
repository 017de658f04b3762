/** A header line is at most 998 characters (RFC 5322 2.1.1), and can be folded only at a space. */
const longestWord = 900;

/** Bytes in one encoded word: with its frame it stays within 75 characters (RFC 2047 2). */
const wordBytes = 45;

/** The subject as given, or as encoded words (RFC 2047) when a word of it is too long to be folded; readers join them. */
export function foldableSubject(subject: string): string {
  if (subject.length <= longestWord || !new RegExp(`\\S{${longestWord}}`).test(subject)) return subject;
  const words: string[] = [];
  let word = '';
  for (const character of subject) {
    if (Buffer.byteLength(word + character) > wordBytes) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  if (word !== '') words.push(word);
  return words.map((each) => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`).join(' ');
}
