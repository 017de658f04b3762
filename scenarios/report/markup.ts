/** Text that is safe inside HTML and SVG, as content and as an attribute value. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Markup that was built here, as opposed to text that still has to be escaped. */
export type Markup = { readonly markup: string };

/** Builds markup: every value is escaped unless it is markup itself; lists are joined, undefined and false left out. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  let markup = parts[0] ?? '';
  for (let n = 0; n < values.length; n += 1) markup += render(values[n]) + (parts[n + 1] ?? '');
  return { markup };
}

type Value = Markup | string | number | undefined | false | readonly (Markup | undefined | false)[];

function render(value: Value): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  if ('markup' in value) return value.markup;
  return value.map((one) => (one === undefined || one === false ? '' : one.markup)).join('\n');
}
