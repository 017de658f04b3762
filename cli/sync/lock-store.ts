import { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '../../engine/config/config-error.ts';

/**
 * Makes sure that no other `mailclock sync` runs on this store: an engine takes back the leases it held when it died,
 * and another that is alive under the same name must not. The operating system gives the lock back when the process
 * ends, however it ends. Throws a `ConfigError` when it is taken; returns what releases it.
 */
export function lockStore(store: string): () => void {
  const file = `${store}.lock`;
  let lock: DatabaseSync;
  try {
    lock = new DatabaseSync(file);
  } catch (error) {
    throw new ConfigError(`${file} cannot be written; the store's folder must exist and be writable`, {
      cause: error,
    });
  }
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new ConfigError(`another mailclock sync is running on ${store}; stop it first`, { cause: error });
  }
  return () => lock.close();
}
