const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  s: 1_000,
  sec: 1_000,
  second: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
};

const spoken =
  /\b(?:in|after|for|wait|time:)\s+(?:at least\s+|about\s+)?(\d{1,9}(?:\.\d+)?)\s*(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|h)\b/i;

const clockFace = /\b(?:in|after)\s+(\d{1,2}):(\d{2}):(\d{2})\b/i;

/** The wait a server asked for in the text of its reply ("try again in 300 seconds"), ms, at most a day. */
export function toldWaitMs(text: string): number | undefined {
  const face = clockFace.exec(text);
  if (face !== null) return (Number(face[1]) * 3_600 + Number(face[2]) * 60 + Number(face[3])) * 1_000;
  const match = spoken.exec(text);
  if (match === null) return undefined;
  const unit = match[2]!.toLowerCase();
  const factor = unitMs[unit] ?? unitMs[unit.replace(/s$/, '')];
  return factor === undefined ? undefined : Math.min(Math.ceil(Number(match[1]) * factor), 24 * 3_600_000);
}
