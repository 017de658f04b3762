import { GraphError } from '../graph-error.ts';

const tagged =
  /^(String|Integer|Boolean|SystemTime|Double|Long|Short|Float|Binary|CLSID|Currency|StringArray)\s+0x([0-9a-f]{1,4})$/i;
const named =
  /^(String|Integer|Boolean|SystemTime|Double|Long|Short|Float|Binary|CLSID|Currency|StringArray)\s+\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?\s+(?:Name\s+(.+)|Id\s+(0x[0-9a-f]+|\d+))$/i;

/**
 * The one spelling of an extended property's id (graph/api/resources/extended-properties-overview): `String 0x1042`,
 * `String {guid} Name x`, `Integer {guid} Id 0x8001`. Throws `GraphError` 400 for what is none.
 */
export function extendedPropertyId(id: string): string {
  const [, tagType, tag] = tagged.exec(id.trim()) ?? [];
  if (tagType !== undefined && tag !== undefined)
    return `${tagType.toLowerCase()} 0x${Number.parseInt(tag, 16).toString(16)}`;
  const [, type, guid, name, number] = named.exec(id.trim()) ?? [];
  if (type === undefined || guid === undefined)
    throw new GraphError(400, 'ErrorInvalidExtendedProperty', `The extended property '${id}' is malformed.`);
  const rest = name === undefined ? `id ${Number(number)}` : `name ${name}`;
  return `${type.toLowerCase()} {${guid.toLowerCase()}} ${rest}`;
}
