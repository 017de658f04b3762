import { describe, expect, it } from 'vitest';
import { BugWorld, type BugWorldOptions, type Door } from './bug-world.ts';

/** A bug a real engine had. */
export interface KnownBug {
  /** What is done here that was done wrong there. */
  readonly holds: string;
  /** Where it was met in public. */
  readonly source: string;
  readonly world?: BugWorldOptions;
  /** Mail that is there before the engine starts. */
  readonly before?: (world: BugWorld) => void | Promise<void>;
  /** The engine has started: what happens, and what must be so. */
  readonly prove: (world: BugWorld) => Promise<void>;
}

/** Plays each bug in a world of its own, once for each way mail is fetched if any are given. A rule that was to trigger one and never fired proves nothing, and fails. */
export function proveEach(
  subject: string,
  bugs: readonly KnownBug[],
  doors: readonly (Door | undefined)[] = [undefined],
): void {
  const each = doors.flatMap((door) =>
    bugs.map((bug) => ({ ...bug, door, named: door === undefined ? bug.holds : `${door}: ${bug.holds}` })),
  );
  describe(subject, () => {
    it.each(each)('$named ($source)', async ({ world: options = {}, before, prove, door }) => {
      const world = new BugWorld(door === undefined ? options : { ...options, door });
      try {
        await world.run(async () => {
          await world.save();
          await before?.(world);
          await world.start();
          await prove(world);
          await world.stop();
        });
        expect(world.idleRules()).toEqual([]);
      } finally {
        await world.end();
      }
    });
  });
}
