/** Lengths of the windows providers count in, ms. */
export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;
