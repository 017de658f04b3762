import { describe, expect, it } from 'vitest';
import { BugWorld, type BugWorldOptions } from './bug-world.ts';

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

/** Plays each bug in a world of its own. A rule that was to trigger one and never fired proves nothing, and fails. */
export function proveEach(subject: string, bugs: readonly KnownBug[]): void {
  describe(subject, () => {
    it.each(bugs)('$holds ($source)', async ({ world: options = {}, before, prove }) => {
      const world = new BugWorld(options);
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
