import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../engine/config/parse-config.ts';
import { defaultSettings } from '../../engine/index.ts';
import { syncCommand } from './sync.ts';

// Policy: what documentation and help show an operator can be typed in as it stands.

const unread = (path: string): string => {
  throw new Error(`${path} should not be read`);
};

describe('the configuration an operator is shown', () => {
  test('in docs/sync.md', () => {
    const page = readFileSync(new URL('../../docs/sync.md', import.meta.url), 'utf8');
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const config = parseConfig(yaml, 'docs/sync.md', unread);
    expect(config.settings).toEqual(defaultSettings);
    expect(config.profiles[0]).toMatchObject({ incoming: { port: 995 }, outgoing: { port: 587 } });
    expect(config.mailboxes.map(({ id }) => id)).toEqual(['anna', 'support']);
  });

  test('in the help', () => {
    let help = '';
    syncCommand()
      .configureOutput({ writeOut: (text) => (help += text) })
      .outputHelp();
    const yaml = help.slice(help.indexOf('  store:'), help.indexOf('\nExit codes:'));
    const config = parseConfig(yaml.replace(/^ {2}/gm, ''), 'help', unread);
    expect(config.mailboxes.map(({ credential }) => credential.secret)).toEqual(['env:ANNA_PASSWORD']);
  });
});
