/** A value in a filter, typed as it was written. Dates are ms since the epoch. */
export type Literal =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'dateTime'; readonly value: number }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'null'; readonly value: null };

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type TextTest = 'startswith' | 'contains';

/** A filter understood and checked against the resource type. Paths are spelled as the resource spells them. */
export type FilterExpression =
  | { readonly kind: 'and' | 'or'; readonly left: FilterExpression; readonly right: FilterExpression }
  | { readonly kind: 'not'; readonly operand: FilterExpression }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly path: readonly string[];
      readonly literal: Literal;
    }
  /** A boolean property standing alone. */
  | { readonly kind: 'truth'; readonly path: readonly string[] }
  | {
      readonly kind: 'text';
      readonly test: TextTest;
      readonly path: readonly string[];
      readonly value: string;
    }
  /** `any` over strings (the item itself has the empty path) or over objects. */
  | { readonly kind: 'any'; readonly path: readonly string[]; readonly test: FilterExpression };

/** The top-level property paths of a filter, in the order they appear, each once. */
export function pathsOf(filter: FilterExpression, into: string[] = []): string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      pathsOf(filter.left, into);
      return pathsOf(filter.right, into);
    case 'not':
      return pathsOf(filter.operand, into);
    case 'compare':
    case 'truth':
    case 'text':
    case 'any': {
      const path = filter.path.join('/');
      if (!into.includes(path)) into.push(path);
      return into;
    }
    default:
      return filter satisfies never;
  }
}
