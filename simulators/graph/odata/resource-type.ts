/** What a property holds, as far as filters and orders care. */
export type PropertyKind =
  | 'string'
  | 'boolean'
  | 'dateTime'
  | 'number'
  | 'strings'
  | 'complex'
  | 'collection';

/** One property of a resource, and what may be done with it in a query. */
export interface Property {
  readonly kind: PropertyKind;
  readonly filter?: boolean;
  readonly order?: boolean;
  /** Of a complex property, and of the items of a collection. */
  readonly properties?: Readonly<Record<string, Property>>;
}

/** A resource type as queries see it: its name on the wire and its properties. */
export interface ResourceType {
  /** `microsoft.graph.message` */
  readonly name: string;
  readonly properties: Readonly<Record<string, Property>>;
  /** What $expand takes. */
  readonly navigation: readonly string[];
  readonly searchable: boolean;
}

/** The property a path like `from/emailAddress/address` names; names are found in any case, as Outlook does. */
export function propertyAt(
  properties: Readonly<Record<string, Property>>,
  path: readonly string[],
): { readonly path: readonly string[]; readonly property: Property } | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return undefined;
  const name =
    head in properties
      ? head
      : Object.keys(properties).find((known) => known.toLowerCase() === head.toLowerCase());
  const property = name === undefined ? undefined : properties[name];
  if (name === undefined || property === undefined) return undefined;
  if (rest.length === 0) return { path: [name], property };
  if (property.kind !== 'complex') return undefined;
  const inner = propertyAt(property.properties ?? {}, rest);
  return inner && { path: [name, ...inner.path], property: inner.property };
}
