import type { Folder, FolderEntry } from '../../mailbox/folder.ts';
import { isPath, makeFolder } from '../commands/create.ts';
import type { SelectedFolder } from '../folders/selected-folder.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { decodeModifiedUtf7 } from '../wire/modified-utf7.ts';
import { labelOf, roleOfLabel, starred } from './labels.ts';

/** Labels a STORE names: names of folders in the model, which need not exist, and the star. */
export interface LabelWish {
  readonly folders: readonly string[];
  readonly starred: boolean;
}

/** `(\Inbox "Muy Importante" foo)`, or one label. Throws `BadArguments`. */
export function readLabelWish(given: ArgumentReader, session: ImapSession): LabelWish {
  const read = (): string => (given.peek === '\\' ? given.flag() : given.astring());
  const labels = given.peek === '(' ? given.list(read, { empty: true }) : [read()];
  return {
    folders: labels.filter((label) => !isStar(label)).map((label) => folderName(label, session)),
    starred: labels.some(isStar),
  };
}

function isStar(label: string): boolean {
  return label.toLowerCase() === starred.toLowerCase();
}

function folderName(label: string, { names, mailbox }: ImapSession): string {
  const role = roleOfLabel(label);
  if (role !== undefined && mailbox !== undefined) return mailbox.role(role).name;
  const shown = label.startsWith('\\') ? undefined : decodeModifiedUtf7(label);
  const name = shown === undefined ? undefined : names?.modelName(shown);
  if (name === undefined || !isPath(name)) throw new BadArguments(`no label can be ${label}`);
  return name;
}

/** Gives a message labels, takes them, or makes them all it has. A label that is not there is made. */
export function storeLabels(
  session: ImapSession,
  selected: SelectedFolder,
  { message, flags }: FolderEntry,
  how: '+' | '-' | '=',
  wish: LabelWish,
): void {
  const { mailbox } = session;
  if (mailbox === undefined) return;
  const star = wish.starred !== (how === '-');
  if (wish.starred || how === '=') {
    const others = flags.filter((flag) => flag !== '\\Flagged');
    const wanted = star ? [...others, '\\Flagged'] : others;
    if (wanted.length !== flags.length) mailbox.setFlags(message.id, wanted, selected.folder);
  }
  if (how !== '-')
    for (const name of wish.folders) {
      if (mailbox.folder(name) === undefined) makeFolder(session, name);
      mailbox.copy(message.id, name);
    }
  const goes = (folder: Folder): boolean =>
    labelOf(folder, session) !== undefined && wish.folders.includes(folder.name) === (how === '-');
  if (how === '+') return;
  // The folder that is looked at is no label the client was shown; it has to name it to lose it.
  for (const folder of mailbox.foldersOf(message.id))
    if (goes(folder) && !(how === '=' && folder === selected.folder))
      mailbox.takeOut(folder, [message.id], 'imap');
}
