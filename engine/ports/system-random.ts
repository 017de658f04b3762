import { randomBytes } from 'node:crypto';
import type { Random } from './random.ts';

/** The computer's own entropy; names and subjects make no difference to it. */
export const systemRandom: Random = {
  float: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  hex: (length) => randomBytes(length).toString('hex'),
};
