import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { shard, wholeNumber } from './parse-options.ts';

// Policy: an option is taken as it was meant or refused; nothing is rounded, cut or guessed.
describe('option values', () => {
  it('takes whole numbers inside the bounds only', () => {
    const parse = wholeNumber(1, 100);
    expect(parse('7')).toBe(7);
    for (const text of ['0', '101', '1.5', '-3', '1e1', '', 'x', ' 5']) {
      expect(() => parse(text), text).toThrow(InvalidArgumentError);
    }
  });

  it('takes a shard as i/n with i from 1 to n', () => {
    expect(shard('2/4')).toEqual({ index: 2, of: 4 });
    for (const text of ['0/4', '5/4', '2', '2/', '/4', '2/0', 'a/b']) {
      expect(() => shard(text), text).toThrow(InvalidArgumentError);
    }
  });
});
