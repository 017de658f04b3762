/** Puts fields into the `{name}` places of a text; places without a field stay. */
export function fill(text: string, fields: Readonly<Record<string, string | number>>): string {
  return text.includes('{')
    ? text.replace(/\{(\w+)\}/g, (place, name: string) => String(fields[name] ?? place))
    : text;
}
