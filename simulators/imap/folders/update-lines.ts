import type { Twist } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import { setText } from '../wire/sequence-set.ts';
import { flagsText, systemFlags } from './flags.ts';
import { keywordsOf } from './folder-facts.ts';
import type { SelectedFolder, Update } from './selected-folder.ts';

/** What happened in the selected mailbox, as untagged lines (RFC 3501 section 7, RFC 7162 section 3.2.10). */
export function updateLines(
  session: ImapSession,
  selected: SelectedFolder,
  { changed, expunged, exists, recent }: Update,
  twist: Twist,
): readonly string[] {
  const lines = [...keywordLines(session, selected)];
  const qresync = session.enabled.has('QRESYNC');
  for (const { number, entry } of changed) {
    const uid = qresync ? `UID ${entry.uid} ` : '';
    selected.shows(entry.modSeq);
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

/** Keywords the folder has got since the client was last told: it hears of all flags again, before any has them. */
export function keywordLines({ profile }: ImapSession, selected: SelectedFolder): readonly string[] {
  const keywords = keywordsOf(selected.folder);
  if (keywords.size === selected.toldKeywords) return [];
  selected.toldKeywords = keywords.size;
  const all = [...systemFlags, ...keywords].join(' ');
  const permanent = selected.readOnly ? '' : `${all}${profile.keywords ? ' \\*' : ''}`;
  return [`* FLAGS (${all})\r\n`, `* OK [PERMANENTFLAGS (${permanent})] Flags permitted.\r\n`];
}
