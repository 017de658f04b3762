import { InvalidArgumentError } from 'commander';

/** A whole number between two bounds, or a sentence. */
export function wholeNumber(atLeast: number, atMost: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < atLeast || value > atMost) {
      throw new InvalidArgumentError(`It must be a whole number from ${atLeast} to ${atMost}.`);
    }
    return value;
  };
}

/** `2/4`: the second of four parts. */
export function shard(text: string): { index: number; of: number } {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  if (index === undefined || of === undefined || Number(index) < 1 || Number(index) > Number(of)) {
    throw new InvalidArgumentError('It must look like 2/4: the second of four parts.');
  }
  return { index: Number(index), of: Number(of) };
}
