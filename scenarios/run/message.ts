import type { OperationOf } from '../operation.ts';

const lineLength = 76;

/** The Message-ID of what the owner's own program sends or drafts in a `use-door` operation. */
export function doorMessageId(operation: string): string {
  return `<${operation}@owner.test>`;
}

/** The subject of the nth message of a `deliver` operation, by which it is told from all others. */
export function subjectOf({ of, nth }: { readonly of: string; readonly nth: number }): string {
  return `${of} number ${nth}`;
}

/**
 * The bytes of the nth message of a `deliver` operation. They depend on the operation's id and number alone, so that
 * the same message has the same hash in every run.
 */
export function messageFor(
  operation: OperationOf<'deliver'>,
  nth: number,
  to: string,
  dateMs: number,
): Buffer {
  const name = `${operation.id}.${nth}`;
  const head = [
    `From: "Somebody Outside" <somebody@outside.test>`,
    `To: <${to}>`,
    `Subject: ${subjectOf({ of: operation.id, nth })}`,
    `Date: ${new Date(dateMs).toUTCString().replace('GMT', '+0000')}`,
  ];
  if (operation.shape !== 'no-message-id') head.push(`Message-ID: <${name}@outside.test>`);
  head.push('MIME-Version: 1.0');
  const padded = (line: string) => padTo(line, operation.sizeBytes);
  switch (operation.shape) {
    case 'plain':
    case 'no-message-id':
      return join([...head, 'Content-Type: text/plain; charset=us-ascii', '', padded(`This is ${name}.`)]);
    case 'html':
      return join([
        ...head,
        'Content-Type: text/html; charset=utf-8',
        '',
        padded(`<p>This is <b>${name}</b>.</p>`),
      ]);
    case 'dots':
      return join([
        ...head,
        'Content-Type: text/plain; charset=us-ascii',
        '',
        '.',
        '..',
        `.This is ${name}.`,
        '.',
        padded('end'),
      ]);
    case 'eight-bit':
      return join([
        ...head,
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: 8bit',
        '',
        padded(`Grüße aus ${name} – ŝaŭmo.`),
      ]);
    case 'empty':
      return join([...head, '']);
    case 'attachment':
      return join([
        ...head,
        `Content-Type: multipart/mixed; boundary="=_${name}"`,
        '',
        `--=_${name}`,
        'Content-Type: text/plain; charset=us-ascii',
        '',
        `This is ${name}.`,
        `--=_${name}`,
        'Content-Type: application/octet-stream; name="figures.bin"',
        'Content-Disposition: attachment; filename="figures.bin"',
        'Content-Transfer-Encoding: base64',
        '',
        padded(Buffer.from(name).toString('base64').replaceAll('=', 'A')),
        `--=_${name}--`,
      ]);
    default:
      return unknownShape(operation.shape);
  }
}

function join(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf8');
}

/** Adds whole lines until the text has about `sizeBytes`. */
function padTo(text: string, sizeBytes: number): string {
  const missing = Math.floor((sizeBytes - text.length) / (lineLength + 2));
  return missing > 0 ? `${text}\r\n${`${'x'.repeat(lineLength)}\r\n`.repeat(missing)}`.trimEnd() : text;
}

function unknownShape(shape: never): never {
  throw new TypeError(`no such shape of message: ${String(shape)}`);
}
