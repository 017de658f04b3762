/**
 * The lines of an answer in the form in which two servers are compared. Left out is what may differ: free texts, the
 * values of UIDVALIDITY and of modification sequences (they are the servers' own), when the highest is told, the order of untagged lines
 * and of data items in one FETCH, and how a string is written (quoted or as a literal).
 */
export function normalImapReply(lines: readonly string[]): string {
  const normal = lines.map(normalLine).filter((line) => line !== '');
  const tagged = normal.filter((line) => !line.startsWith('*'));
  return [...normal.filter((line) => line.startsWith('*')).sort(), ...tagged].join('\n');
}

function normalLine(line: string): string {
  const asQuoted = line.replace(/\{(\d+)\}\r\n/g, '{$1}\n');
  const strings = quoteLiterals(asQuoted);
  const status = /^(\* |tagged )(OK|NO|BAD|BYE|PREAUTH)(?: \[([^\]]*(?:\][^\]]*)*?)\])?/.exec(strings);
  if (status !== null) {
    const [, head = '', word = '', code] = status;
    // Dovecot says it only once somebody has asked for modification sequences of the mailbox, and then anew at once.
    // And here every message that one command changes has a sequence of its own, so that more is told that way.
    if (code?.startsWith('HIGHESTMODSEQ') === true) return head === '* ' ? '' : `${head}${word}`;
    const kept = code === undefined ? '' : ` [${normalCode(code)}]`;
    // An untagged OK without a code tells nothing.
    if (head === '* ' && word === 'OK' && code === undefined) return '';
    return `${head}${word}${kept}`;
  }
  const fetch = /^\* (\d+) FETCH \((.*)\)$/s.exec(strings);
  if (fetch !== null)
    return `* ${fetch[1]} FETCH (${items(fetch[2] ?? '')
      .sort()
      .join(' ')})`;
  const list = /^\* (LIST|LSUB) \(([^)]*)\) (.*)$/.exec(strings);
  if (list !== null)
    return `* ${list[1]} (${(list[2] ?? '')
      .split(' ')
      .map((word) => word.toLowerCase())
      .sort()
      .join(' ')}) ${list[3]}`;
  const tree = /^\* STATUS (.*) \((.*)\)$/.exec(strings);
  if (tree !== null)
    return `* STATUS ${tree[1]} (${(tree[2] ?? '')
      .replace(/(UIDVALIDITY|HIGHESTMODSEQ) \d+/g, '$1 N')
      .split(/ (?=[A-Z])/)
      .sort()
      .join(' ')})`;
  const flags = /^\* FLAGS \((.*)\)$/.exec(strings);
  if (flags !== null) return `* FLAGS (${(flags[1] ?? '').split(' ').sort().join(' ')})`;
  // Dovecot has a space after THREAD where nothing follows.
  return strings
    .trimEnd()
    .replace(/TAG "[^"]*"/, 'TAG "t"')
    .replace(/MODSEQ \d+/g, 'MODSEQ N');
}

function normalCode(code: string): string {
  const [name = '', ...values] = code.split(' ');
  switch (name.toUpperCase()) {
    case 'UIDVALIDITY':
    case 'HIGHESTMODSEQ':
      return `${name} N`;
    case 'APPENDUID':
    case 'COPYUID':
      return [name, 'N', ...values.slice(1)].join(' ');
    case 'CAPABILITY':
      return name;
    case 'PERMANENTFLAGS':
      return `${name} (${values.join(' ').slice(1, -1).split(' ').sort().join(' ')})`;
    default:
      return code;
  }
}

/** Literals become strings in angle quotes, quoted strings as well. */
function quoteLiterals(text: string): string {
  let out = '';
  for (let at = 0; at < text.length; ) {
    const literal = /^~?\{(\d+)\}\n/.exec(text.slice(at, at + 16));
    if (literal !== null) {
      const from = at + literal[0].length;
      const to = from + Number(literal[1]);
      out += `«${text.slice(from, to)}»`;
      at = to;
    } else if (text[at] === '"') {
      const quoted = /^"((?:[^"\\]|\\.)*)"/s.exec(text.slice(at));
      const inside = (quoted?.[1] ?? '').replace(/\\(.)/gs, '$1');
      out += `«${inside}»`;
      at += quoted?.[0].length ?? 1;
    } else {
      out += text[at];
      at += 1;
    }
  }
  return out;
}

/** The data items of a FETCH, each with its value. */
function items(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let current = '';
  let words = 0;
  const flush = () => {
    if (current !== '') found.push(current.replace(/^MODSEQ \(\d+\)$/, 'MODSEQ (N)'));
    current = '';
    words = 0;
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '«') {
      const to = text.indexOf('»', at);
      current += text.slice(at, to + 1);
      at = to;
      continue;
    }
    if (char === '(' || char === '[') depth += 1;
    if (char === ')' || char === ']') depth -= 1;
    if (char === ' ' && depth === 0) {
      words += 1;
      if (words === 2) {
        flush();
        continue;
      }
    }
    current += char;
  }
  flush();
  return found.map((item) =>
    item.startsWith('FLAGS (') ? `FLAGS (${item.slice(7, -1).split(' ').sort().join(' ')})` : item,
  );
}
