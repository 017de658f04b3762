import * as v from 'valibot';

/** Whole milliseconds, 0 to a year. */
export const timeMs = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(31_622_400_000));
export const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
export const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
/** One line of the protocol, or several parted by line feeds; never CR. */
export const line = v.pipe(
  v.string(),
  v.maxLength(2_000),
  v.regex(/^[^\r]*$/, 'must hold no carriage return'),
);
export const ending = v.exactOptional(v.picklist(['reset', 'close', 'half-open']));
