import { backlog } from './backlog.ts';
import { canary } from './canary.ts';
import { connectionCap } from './connection-cap.ts';
import { connections } from './connections.ts';
import { delta } from './delta.ts';
import { exactlyOnce } from './exactly-once.ts';
import { flags } from './flags.ts';
import { fourDoors } from './four-doors.ts';
import { identity } from './identity.ts';
import { isolation } from './isolation.ts';
import { midFetch } from './mid-fetch.ts';
import { mixed } from './mixed.ts';
import { postponeWindows } from './postpone-windows.ts';
import { restart } from './restart.ts';
import type { Suite } from './suite.ts';
import { throttleObedience } from './throttle-obedience.ts';
import { throughput } from './throughput.ts';
import { tokens } from './tokens.ts';
import { tracking } from './tracking.ts';

/** Every suite, in the order they are run. */
export const suites: readonly Suite[] = [
  postponeWindows,
  throughput,
  backlog,
  exactlyOnce,
  throttleObedience,
  connectionCap,
  connections,
  restart,
  isolation,
  mixed,
  identity,
  midFetch,
  flags,
  delta,
  tracking,
  tokens,
  fourDoors,
  canary,
];
