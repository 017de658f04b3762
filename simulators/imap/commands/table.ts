import type { ImapCommand } from '../command.ts';
import { append } from './append.ts';
import { authenticate } from './authenticate.ts';
import { cancelUpdate } from './cancel-update.ts';
import { capability } from './capability.ts';
import { check } from './check.ts';
import { close } from './close.ts';
import { compress } from './compress.ts';
import { copy, move, uidCopy, uidMove } from './copy.ts';
import { create } from './create.ts';
import { deleteMailbox } from './delete.ts';
import { enable } from './enable.ts';
import { expunge, uidExpunge } from './expunge.ts';
import { fetch, uidFetch } from './fetch.ts';
import { id } from './id.ts';
import { idle } from './idle.ts';
import { list, lsub } from './list.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { namespace } from './namespace.ts';
import { noop } from './noop.ts';
import { getQuota, getQuotaRoot } from './quota.ts';
import { rename } from './rename.ts';
import { search, uidSearch } from './search.ts';
import { examine, select } from './select.ts';
import { sort, thread, uidSort, uidThread } from './sort.ts';
import { starttls } from './starttls.ts';
import { status } from './status.ts';
import { store, uidStore } from './store.ts';
import { subscribe, unsubscribe } from './subscribe.ts';
import { unselect } from './unselect.ts';

/** Every command there is, by verb. Which of them a connection has is up to its profile. */
export const commandTable: ReadonlyMap<string, ImapCommand> = new Map(
  [
    ...[capability, noop, logout, id, starttls, compress, login, authenticate],
    ...[select, examine, create, deleteMailbox, rename, subscribe, unsubscribe, list, lsub, status, append],
    ...[namespace, enable, idle, getQuota, getQuotaRoot],
    ...[check, close, unselect, expunge, uidExpunge, fetch, uidFetch, store, uidStore],
    ...[copy, uidCopy, move, uidMove, search, uidSearch, sort, uidSort, thread, uidThread],
    ...[cancelUpdate],
  ].map((command) => [command.verb, command]),
);
