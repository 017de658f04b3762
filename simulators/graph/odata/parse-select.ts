import { QueryError } from './query-error.ts';
import { propertyAt, type ResourceType } from './resource-type.ts';

/** The properties a $select names, spelled as the resource spells them, `id` always among them. Throws `QueryError`. */
export function parseSelect(text: string, type: ResourceType): readonly string[] {
  const names = new Set(['id']);
  for (const name of text.split(',').map((part) => part.trim())) {
    if (name === '' || name === '*') continue;
    const found = propertyAt(type.properties, name.split('/'));
    const navigation = type.navigation.find((known) => known.toLowerCase() === name.toLowerCase());
    if (found === undefined && navigation === undefined)
      throw new QueryError('unknownSelect', { name, type: type.name });
    names.add(found?.path[0] ?? navigation ?? name);
  }
  return [...names];
}
