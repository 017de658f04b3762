import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

// Policy: the example for another language in docs/serve.md runs as it stands, with `mailclock` on the path.

it('the Python program in docs/serve.md sends and fetches a message', async () => {
  const page = readFileSync(new URL('../../docs/serve.md', import.meta.url), 'utf8');
  const [, program = ''] = /```python\n([\s\S]*?)```/.exec(page) ?? [];
  expect(program).toContain('assert pop.stat()[0] == 1');
  const folder = await mkdtemp(join(tmpdir(), 'mailclock-example-'));
  const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
  const shim = join(folder, 'mailclock');
  await writeFile(shim, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(shim, 0o755);
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH ?? ''}` };
  await promisify(execFile)('python3', ['-c', program], { env, timeout: 30_000 });
  await rm(folder, { recursive: true });
});
