import type { ReceivedEmail } from '../../../engine/records/email.ts';
import { mustRun } from '../servers/child.ts';

export type Address = readonly [name: string, address: string];

/** What Python says of one attachment; the last three only help to explain a difference. */
export interface PythonAttachment {
  readonly name: string | null;
  readonly type: string;
  readonly inline: boolean;
  readonly untyped: boolean;
  readonly opened: readonly PythonAttachment[];
}

/** A message's fields as Python's email package reads them; `{ error }` for what it cannot read. */
export interface PythonFields {
  readonly subject: string | null | { readonly error: string };
  readonly from: readonly Address[] | { readonly error: string };
  readonly to: readonly Address[] | { readonly error: string };
  /** Milliseconds since the epoch. */
  readonly date: number | null | { readonly error: string };
  readonly messageId: string | null | { readonly error: string };
  readonly attachments: readonly PythonAttachment[] | { readonly error: string };
}

export type FieldName = keyof PythonFields;
export const fieldNames: readonly FieldName[] = ['subject', 'from', 'to', 'date', 'messageId', 'attachments'];

/** The same fields in the engine's record. */
export interface OurFields {
  readonly subject: string | null;
  readonly from: readonly Address[];
  readonly to: readonly Address[];
  readonly date: number | null;
  readonly messageId: string | null;
  readonly attachments: readonly { readonly name: string | null; readonly type: string }[];
}

/** Debian's own Python reads every `.eml` of a folder, in the order of their names. */
export async function pythonFields(directory: string): Promise<PythonFields[]> {
  const script = new URL('email_fields.py', import.meta.url).pathname;
  // The script's output is shaped as declared above; the test compares every field of it.
  return JSON.parse(await mustRun('/usr/bin/python3', [script, directory])) as PythonFields[];
}

export function ourFields(
  email: Pick<ReceivedEmail, 'subject' | 'parties' | 'sentOn' | 'messageId' | 'attachments'>,
): OurFields {
  const addresses = (role: string) =>
    email.parties.filter((party) => party.role === role).map(({ name, address }): Address => [name, address]);
  return {
    subject: email.subject ?? null,
    from: addresses('from'),
    to: addresses('to'),
    date: email.sentOn ?? null,
    messageId: email.messageId ?? null,
    attachments: email.attachments.map(({ fileName, mimeType }) => ({
      name: fileName ?? null,
      type: mimeType,
    })),
  };
}

/** A field of Python's in the form in which it is compared. */
export function comparable(field: FieldName, value: PythonFields[FieldName]): unknown {
  return field === 'attachments' && Array.isArray(value)
    ? (value as readonly PythonAttachment[]).map(({ name, type }) => ({ name, type })) // the field says what it holds
    : value;
}
