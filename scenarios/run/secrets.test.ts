import { describe, expect, it } from 'vitest';
import { passwordOf, showsSecret } from './secrets.ts';

// Policy: a secret is recognised however it got into a text.
describe('secrets', () => {
  it.each([0, 1, 2, 3, 4, 5])('are recognised in Base64 after %i bytes', (before) => {
    const text = Buffer.from(`${'u'.repeat(before)}${passwordOf('ann', 1)} and more`).toString('base64');
    expect(showsSecret(`AUTH XOAUTH2 ${text}`)).toBe(true);
  });

  it('are recognised as they are, and nothing else is', () => {
    expect(showsSecret(`PASS ${passwordOf('ann')}`)).toBe(true);
    expect(showsSecret('PASS *** for ann@alpha.test')).toBe(false);
  });
});
