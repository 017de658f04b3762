import { findProgram } from '../test/peers/requirements.ts';
import { run } from '../test/peers/servers/child.ts';

/** A client nobody here wrote. It pulls a whole mailbox into an empty directory and returns how many messages came. */
export interface ForeignPull {
  readonly name: string;
  readonly program: string;
  pull(port: number, directory: string): Promise<number>;
}

/** A client that needs longer than this is ended. */
const clientLimitMs = 90_000;

/** Runs a client to its end, or ends it after its time; what it printed. */
export async function runClient(
  name: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<string> {
  const program = name === 'python3' ? '/usr/bin/python3' : findProgram(name);
  if (program === undefined) throw new Error(`${name} is not on this machine.`);
  const { code, stdout, stderr } = await run(program, args, {
    timeoutMs: clientLimitMs,
    ...(env === undefined ? {} : { env }),
  });
  // What came until then is counted: the count tells that it is not all.
  if (code !== 0) process.stderr.write(`${name} ended with ${code}: ${`${stderr}${stdout}`.slice(-300)}\n`);
  return stdout.toString();
}
