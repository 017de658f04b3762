import type { Operation } from '../../operation.ts';
import type { Running } from '../running.ts';
import { categorize } from './categorize.ts';
import { changePassword } from './change-password.ts';
import { deleteFolder } from './delete-folder.ts';
import { deleteMessage } from './delete-message.ts';
import { deliver } from './deliver.ts';
import { flagMessage } from './flag-message.ts';
import { killAtCommit } from './kill-at-commit.ts';
import { killEngine } from './kill-engine.ts';
import { makeFolder } from './make-folder.ts';
import { markRead } from './mark-read.ts';
import { moveMessage } from './move-message.ts';
import { queueEmail } from './queue-email.ts';
import { reimportMessage } from './reimport-message.ts';
import { reissueIds } from './reissue-ids.ts';
import { removeFromServer } from './remove-from-server.ts';
import { renameFolder } from './rename-folder.ts';
import { revokeTokens } from './revoke-tokens.ts';
import { secondClient } from './second-client.ts';
import { switchWorkload } from './switch-workload.ts';
import { syncNow } from './sync-now.ts';
import { trackFolder } from './track-folder.ts';
import { trackMessage } from './track-message.ts';
import { useDoor } from './use-door.ts';

/** Waits for an operation's time and does it; resolves when all of it is done. */
export async function performOperation(operation: Operation, running: Running): Promise<void> {
  if (operation.do !== 'kill-at-commit') await running.sleepUntil(operation.atMs);
  const done = running.note(operation);
  await perform(operation, running);
  done();
}

function perform(operation: Operation, running: Running): Promise<void> {
  switch (operation.do) {
    case 'deliver':
      return deliver(operation, running);
    case 'queue-email':
      return queueEmail(operation, running);
    case 'remove-from-server':
      return removeFromServer(operation, running);
    case 'reissue-ids':
      return reissueIds(operation, running);
    case 'second-client':
      return secondClient(operation, running);
    case 'change-password':
      return changePassword(operation, running);
    case 'kill-engine':
      return killEngine(operation, running);
    case 'kill-at-commit':
      return killAtCommit(operation, running);
    case 'categorize':
      return categorize(operation, running);
    case 'delete-folder':
      return deleteFolder(operation, running);
    case 'delete-message':
      return deleteMessage(operation, running);
    case 'make-folder':
      return makeFolder(operation, running);
    case 'mark-read':
      return markRead(operation, running);
    case 'flag-message':
      return flagMessage(operation, running);
    case 'move-message':
      return moveMessage(operation, running);
    case 'reimport-message':
      return reimportMessage(operation, running);
    case 'rename-folder':
      return renameFolder(operation, running);
    case 'revoke-tokens':
      return revokeTokens(operation, running);
    case 'track-folder':
      return trackFolder(operation, running);
    case 'track-message':
      return trackMessage(operation, running);
    case 'use-door':
      return useDoor(operation, running);
    case 'sync-now':
      return syncNow(operation, running);
    case 'disable':
    case 'enable':
      return switchWorkload(operation, running);
    default:
      return unknownOperation(operation);
  }
}

function unknownOperation(operation: never): never {
  throw new TypeError(`no such operation: ${JSON.stringify(operation)}`);
}
