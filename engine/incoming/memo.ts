import type { SaslForm } from '../pop3/authenticate.ts';
import { Capabilities } from '../pop3/capabilities.ts';
import type { Pop3Knowledge } from '../pop3/open-pop3.ts';

/** What one incoming cycle leaves for the next, in the lease's memo. */
export interface IncomingMemo {
  /** Kept for as long as sessions open with it; any failure to open drops it. */
  readonly server: Pop3Knowledge | undefined;
  /** The last complete listing held none of the messages known: to be seen twice before it is believed. */
  readonly vanished: boolean;
  /** The message at which fetching broke off before anything was given. */
  readonly suspect?: string | undefined;
}

interface Written {
  readonly capa?: readonly string[];
  readonly sasl?: SaslForm;
  readonly vanished?: true;
  readonly suspect?: string;
}

const emptyMemo: IncomingMemo = { server: undefined, vanished: false };

/** A memo that cannot be read is worth a question to the server, not an error. */
export function readMemo(text: string | undefined): IncomingMemo {
  if (text === undefined || text === '') return emptyMemo;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return emptyMemo;
  }
  if (typeof parsed !== 'object' || parsed === null) return emptyMemo;
  const { capa, sasl, vanished, suspect } = parsed as { [name in keyof Written]?: unknown };
  const lines = Array.isArray(capa) && capa.every((line) => typeof line === 'string') ? capa : undefined;
  const saslForm = sasl === 'one-line' || sasl === 'two-line' ? sasl : undefined;
  return {
    server: lines === undefined ? undefined : { capabilities: new Capabilities(lines), saslForm },
    vanished: vanished === true,
    ...(typeof suspect === 'string' ? { suspect } : {}),
  };
}

/** At most 4 KB: a server with more to say of itself is asked again each time. */
export function writeMemo(memo: IncomingMemo): string | undefined {
  const { server, vanished, suspect } = memo;
  const written: Written = {
    ...(server === undefined ? {} : { capa: server.capabilities.lines }),
    ...(server?.saslForm === undefined ? {} : { sasl: server.saslForm }),
    ...(vanished ? { vanished } : {}),
    ...(suspect === undefined ? {} : { suspect }),
  };
  const text = JSON.stringify(written);
  if (text === '{}') return undefined;
  return text.length <= 4096 ? text : writeMemo({ server: undefined, vanished, suspect });
}
