import { suites } from '../suites/index.ts';
import { perform } from './perform.ts';
import type { Task } from './task.ts';

/** A worker process: answers each task it is sent with its result, one at a time, until its parent lets go. */
process.on('message', (task: Task) => {
  const suite = suites.find((one) => one.name === task.suite);
  if (suite === undefined) throw new RangeError(`no such suite: ${task.suite}`);
  void perform(suite, task).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
