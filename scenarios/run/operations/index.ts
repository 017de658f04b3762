import type { Operation } from '../../operation.ts';
import type { Running } from '../running.ts';
import { changePassword } from './change-password.ts';
import { deliver } from './deliver.ts';
import { killAtCommit } from './kill-at-commit.ts';
import { killEngine } from './kill-engine.ts';
import { queueEmail } from './queue-email.ts';
import { reissueIds } from './reissue-ids.ts';
import { removeFromServer } from './remove-from-server.ts';
import { secondClient } from './second-client.ts';
import { switchWorkload } from './switch-workload.ts';
import { syncNow } from './sync-now.ts';

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
