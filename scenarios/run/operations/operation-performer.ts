import type { Operation, OperationOf } from '../../operation.ts';
import type { Running } from '../running.ts';

/** Does one kind of operation, from its time to its end. */
export type Performer<Kind extends Operation['do']> = (
  operation: OperationOf<Kind>,
  running: Running,
) => Promise<void>;
