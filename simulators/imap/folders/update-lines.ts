import type { Twist } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import { setText } from '../wire/sequence-set.ts';
import { flagsText } from './flags.ts';
import type { SelectedFolder, Update } from './selected-folder.ts';

/** What happened in the selected mailbox, as untagged lines (RFC 3501 section 7, RFC 7162 section 3.2.10). */
export function updateLines(
  session: ImapSession,
  selected: SelectedFolder,
  { changed, expunged, exists, recent }: Update,
  twist: Twist,
): readonly string[] {
  const lines: string[] = [];
  const qresync = session.enabled.has('QRESYNC');
  for (const { number, entry } of changed) {
    const uid = qresync ? `UID ${entry.uid} ` : '';
    const modSeq = session.condstore ? ` MODSEQ (${entry.modSeq})` : '';
    lines.push(`* ${number} FETCH (${uid}FLAGS ${flagsText(entry, selected)}${modSeq})\r\n`);
  }
  if (qresync && expunged.length > 0)
    lines.push(`* VANISHED ${setText(expunged.map(({ entry }) => entry.uid).toReversed())}\r\n`);
  else for (const { number } of expunged) lines.push(`* ${number} EXPUNGE\r\n`);
  if (exists !== undefined) lines.push(`* ${exists + twist.lie('EXISTS')} EXISTS\r\n`);
  if (recent !== undefined) lines.push(`* ${recent} RECENT\r\n`);
  return lines;
}
