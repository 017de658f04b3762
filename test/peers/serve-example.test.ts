import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

// Policy: the example for another language in docs/serve.md runs as it stands.

it('the Python program in docs/serve.md sends and fetches a message', async () => {
  const page = readFileSync(new URL('../../docs/serve.md', import.meta.url), 'utf8');
  const [, program = ''] = /```python\n([\s\S]*?)```/.exec(page) ?? [];
  expect(program).toContain('assert pop.stat()[0] == 1');
  const cwd = fileURLToPath(new URL('../../', import.meta.url));
  await promisify(execFile)('python3', ['-c', program], { cwd, timeout: 30_000 });
});
