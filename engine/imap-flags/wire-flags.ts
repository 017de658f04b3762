import type { SelectedFolder } from '../imap/imap-session.ts';
import { type EmailFlags, flagNames, noFlags } from '../records/email-flags.ts';

const onWire = { seen: '\\Seen', flagged: '\\Flagged', answered: '\\Answered' } as const;

/** The shared flags as IMAP writes them (RFC 9051 2.3.2): case does not matter, and other flags stay out of it. */
export const wireFlags = {
  read(flags: ReadonlySet<string>): EmailFlags {
    const lower = new Set([...flags].map((flag) => flag.toLowerCase()));
    const has = (flag: keyof EmailFlags): boolean => lower.has(onWire[flag].toLowerCase());
    return { seen: has('seen'), flagged: has('flagged'), answered: has('answered') };
  },
  /** What STORE is to add and to remove. */
  change(flags: Partial<EmailFlags>): {
    readonly add: readonly string[];
    readonly remove: readonly string[];
  } {
    const named = (value: boolean) =>
      flagNames.filter((flag) => flags[flag] === value).map((flag) => onWire[flag]);
    return { add: named(true), remove: named(false) };
  },
  /** Those that a folder keeps when they are written. */
  keptBy({ readOnly, permanentFlags }: SelectedFolder): EmailFlags {
    if (readOnly) return noFlags;
    return permanentFlags === undefined
      ? { seen: true, flagged: true, answered: true }
      : wireFlags.read(permanentFlags);
  },
} as const;
