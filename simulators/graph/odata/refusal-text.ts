import type { Refusal } from './refusals.ts';

/** The sentence of a refusal about one request. */
export function refusalText({ message }: Refusal, parts: Readonly<Record<string, string | number>>): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => String(parts[name] ?? whole));
}
