import { QueryError } from './query-error.ts';
import type { ResourceType } from './resource-type.ts';

/** One navigation property to be included. */
export interface Expansion {
  readonly name: string;
  readonly select?: readonly string[];
  /** Of extended properties: the ids asked for, as they were written (`String 0x1042`). */
  readonly extendedIds?: readonly string[];
}

/**
 * Understands an $expand: names, each with options in parentheses. Extended properties come with a filter on their
 * ids, as Outlook demands (singlevaluelegacyextendedproperty-get). Throws `QueryError`.
 */
export function parseExpand(text: string, type: ResourceType): readonly Expansion[] {
  return topLevelParts(text, ',').map((part) => {
    const [, name, options] = /^\s*(\w+)\s*(?:\(([\s\S]*)\))?\s*$/.exec(part) ?? [];
    if (name === undefined) throw new QueryError('expandSyntax', { position: 0, name: part });
    const known = type.navigation.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    if (known === undefined) throw new QueryError('expand', { name, type: type.name });
    return expansionOf(known, optionsOf(options ?? ''));
  });
}

function expansionOf(name: string, options: ReadonlyMap<string, string>): Expansion {
  const select = options
    .get('select')
    ?.split(',')
    .map((part) => part.trim());
  if (!/ExtendedProperties$/.test(name)) return select === undefined ? { name } : { name, select };
  const ids = [...(options.get('filter') ?? '').matchAll(/\bid\s+eq\s+'((?:[^']|'')*)'/gi)].map(
    ([, id = '']) => id.replaceAll("''", "'"),
  );
  if (ids.length === 0) throw new QueryError('extendedPropertyFilter');
  return { name, extendedIds: ids };
}

function optionsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    topLevelParts(text, ';')
      .filter((part) => part.trim() !== '')
      .map((part) => {
        const at = part.indexOf('=');
        if (at < 0) throw new QueryError('expandSyntax', { position: 0, name: part });
        return [part.slice(0, at).trim().replace(/^\$/, '').toLowerCase(), part.slice(at + 1).trim()];
      }),
  );
}

/** Parts between separators that stand in no parentheses and no quotes. */
function topLevelParts(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let inQuotes = false;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "'") inQuotes = !inQuotes;
    if (inQuotes) continue;
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) throw new QueryError('expandSyntax', { position: at, name: text });
    if (character === separator && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  if (depth !== 0 || inQuotes) throw new QueryError('expandSyntax', { position: text.length, name: text });
  parts.push(text.slice(start));
  return parts;
}
