import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** In memory where there is such a place: a client that syncs each file to a disk would measure the disk. */
export const clientsFiles = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
