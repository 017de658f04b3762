import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own that printed one line of JSON when it was ready. */
export interface ChildServer {
  readonly ready: unknown;
  stop(): Promise<void>;
}

/** Starts a TypeScript file of this project as a server. `file` is relative to the project's root. */
export async function startServer(file: string, ...values: string[]): Promise<ChildServer> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const child = spawn(process.execPath, [file, ...values], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A benchmark that fails must not leave its servers behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const line = await firstLine(child);
  return {
    ready: JSON.parse(line),
    stop: () =>
      new Promise((resolve) => {
        child.once('close', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) return reject(new Error('The child was started without a pipe to read from.'));
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('close', (code) =>
      reject(new Error(`The server ended with exit code ${code} before it was ready.`)),
    );
  });
}

/** A simulated Dovecot/Postfix host with `mailboxes` mailboxes: `user1@mail.test` with password `secret1`, … */
export async function startSimulator(
  ...values: string[]
): Promise<ChildServer & { readonly endpoints: Record<string, { host: string; port: number }> }> {
  const server = await startServer('cli/main.ts', 'serve', '--profile', 'dovecot-postfix', ...values);
  // What `mailclock serve` documents of its first line.
  return {
    ...server,
    endpoints: (server.ready as { endpoints: Record<string, { host: string; port: number }> }).endpoints,
  };
}
