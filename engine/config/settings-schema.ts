import * as v from 'valibot';
import { defaultSettings, type Settings } from '../records/settings.ts';

const day = 24 * 60 * 60_000;

/** Bounds where a setting has others than "a whole number above nothing". */
const bounds: Partial<Record<keyof Settings, readonly [atLeast: number, atMost: number]>> = {
  backgroundSendBatchSize: [1, 255],
  incomingEmailExchangeEmailRetrievalBatchSize: [1, 1000],
  maxFolderBasedTrackingMappings: [1, 25],
  authFailureSpanMs: [0, 30 * day],
  imapKeepConnectionMs: [0, day],
};

/** Any of `Settings`, each a number inside its bounds or a switch; whatever is left out keeps its default. */
export const settingsSchema = v.strictObject(
  Object.fromEntries(
    Object.keys(defaultSettings).map((name) => [name, v.optional(setting(name as keyof Settings))]),
  ), // the keys of defaultSettings are those of Settings
  'must be a mapping of settings',
);

function setting(name: keyof Settings): v.GenericSchema<number> | v.GenericSchema<boolean> {
  if (typeof defaultSettings[name] === 'boolean') return v.boolean('must be true or false');
  if (name === 'outageShare') {
    const message = 'must be a number from 0 to 1';
    return v.pipe(v.number(message), v.minValue(0, message), v.maxValue(1, message));
  }
  const [atLeast, atMost] = bounds[name] ?? [1, name.endsWith('Ms') ? 30 * day : Number.MAX_SAFE_INTEGER];
  const message = `must be a whole number from ${atLeast} to ${atMost}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(atLeast, message),
    v.maxValue(atMost, message),
  );
}
