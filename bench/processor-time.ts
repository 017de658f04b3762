/**
 * Microseconds of processor time for each thing that `run` says it did. Of a run that never waits it is the wall time on
 * a machine with nothing else to do; on a busy one it is what the wall time would have been. Nothing is collected before:
 * a collection by force throws code away that was compiled for what it collects.
 */
export async function processorMicrosecondsEach(run: () => Promise<number>): Promise<number> {
  const before = process.cpuUsage();
  const count = await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
