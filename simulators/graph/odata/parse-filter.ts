import type { Comparison, FilterExpression, Literal, TextTest } from './filter-expression.ts';
import { QueryError } from './query-error.ts';
import { type Property, propertyAt, type ResourceType } from './resource-type.ts';
import { type FilterToken, tokensOf } from './tokens.ts';

const comparisons: readonly string[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] satisfies readonly Comparison[];
const textTests: readonly string[] = ['startswith', 'contains'] satisfies readonly TextTest[];
/** OData functions Outlook does not run over mail; known, so that they are refused as it refuses them. */
const refusedFunctions = ['endswith', 'tolower', 'toupper', 'length', 'indexof', 'concat', 'trim', 'year'];
const operatorKinds: Readonly<Record<Comparison, string>> = {
  eq: 'Equal',
  ne: 'NotEqual',
  gt: 'GreaterThan',
  ge: 'GreaterThanOrEqual',
  lt: 'LessThan',
  le: 'LessThanOrEqual',
};
const edmTypes: Readonly<Record<string, string>> = {
  string: 'Edm.String',
  boolean: 'Edm.Boolean',
  dateTime: 'Edm.DateTimeOffset',
  number: 'Edm.Int32',
  null: 'Edm.Null',
};

/**
 * Understands a $filter as Outlook takes it: comparisons, and/or/not, startswith, contains, and any over categories and
 * extended properties. What Outlook refuses (endswith, any over recipients, properties it does not index) is refused
 * with its error. Throws `QueryError`.
 */
export function parseFilter(text: string, type: ResourceType): FilterExpression {
  return new FilterParser(text, type).parse();
}

/** What a name means inside `any(x: ...)`. */
interface Scope {
  readonly variable: string;
  /** Undefined: the items are plain strings. */
  readonly properties: Readonly<Record<string, Property>> | undefined;
}

class FilterParser {
  readonly #text: string;
  readonly #type: ResourceType;
  readonly #tokens: readonly FilterToken[];
  #at = 0;

  constructor(text: string, type: ResourceType) {
    this.#text = text;
    this.#type = type;
    this.#tokens = tokensOf(text);
  }

  parse(): FilterExpression {
    const filter = this.#either(undefined);
    if (this.#peek().kind !== 'end') throw this.#syntaxError();
    return filter;
  }

  #either(scope: Scope | undefined): FilterExpression {
    let left = this.#both(scope);
    while (this.#takesWord('or')) left = { kind: 'or', left, right: this.#both(scope) };
    return left;
  }

  #both(scope: Scope | undefined): FilterExpression {
    let left = this.#unary(scope);
    while (this.#takesWord('and')) left = { kind: 'and', left, right: this.#unary(scope) };
    return left;
  }

  #unary(scope: Scope | undefined): FilterExpression {
    if (this.#takesWord('not')) return { kind: 'not', operand: this.#unary(scope) };
    if (this.#takesSign('(')) {
      const inner = this.#either(scope);
      this.#expectSign(')');
      return inner;
    }
    const first = this.#peek();
    if (first.kind === 'word' && this.#tokens[this.#at + 1]?.text === '(') return this.#call(first, scope);
    return this.#comparison(scope);
  }

  #call(name: FilterToken, scope: Scope | undefined): FilterExpression {
    const test = name.text.toLowerCase();
    if (refusedFunctions.includes(test)) throw new QueryError('filterNode');
    if (!textTests.includes(test)) throw this.#syntaxError();
    this.#at += 1;
    this.#expectSign('(');
    const { path, property } = this.#property(scope);
    this.#expectSign(',');
    const value = this.#next();
    if (value.kind !== 'string' || property.kind !== 'string') throw new QueryError('filterNode');
    this.#expectSign(')');
    // `contains(...) eq true` is the older spelling of the same.
    const at = this.#at;
    if (this.#takesWord('eq') && !this.#takesWord('true')) {
      this.#at = at;
      throw this.#syntaxError();
    }
    // The test was found among `textTests`.
    return { kind: 'text', test: test as TextTest, path, value: value.text };
  }

  #comparison(scope: Scope | undefined): FilterExpression {
    const turned = this.#literal();
    if (turned !== undefined) {
      const operator = this.#operator();
      if (operator === undefined) throw this.#syntaxError();
      const { path, property } = this.#property(scope);
      return compared(path, property, mirrored(operator), turned);
    }
    const found = this.#property(scope);
    if (found.test !== undefined) return { kind: 'any', path: found.path, test: found.test };
    const operator = this.#operator();
    if (operator === undefined) {
      if (found.property.kind !== 'boolean') throw this.#syntaxError();
      return { kind: 'truth', path: found.path };
    }
    const literal = this.#literal();
    if (literal === undefined) throw this.#syntaxError();
    return compared(found.path, found.property, operator, literal);
  }

  /** A path to a property; or a collection with its `any`. */
  #property(scope: Scope | undefined): {
    readonly path: readonly string[];
    readonly property: Property;
    readonly test?: FilterExpression;
  } {
    const names: string[] = [];
    do {
      const name = this.#next();
      if (name.kind !== 'word') {
        this.#at -= 1;
        throw this.#syntaxError();
      }
      if (/^(any|all)$/i.test(name.text) && this.#peek().text === '(') return this.#lambda(name.text, names);
      names.push(name.text);
    } while (this.#takesSign('/'));
    if (scope !== undefined && names[0] === scope.variable) {
      if (names.length === 1) {
        if (scope.properties !== undefined) throw new QueryError('filterNode');
        return { path: [], property: { kind: 'string', filter: true } };
      }
      return this.#known(scope.properties ?? {}, names.slice(1));
    }
    return this.#known(this.#type.properties, names);
  }

  #lambda(
    kind: string,
    names: readonly string[],
  ): { path: readonly string[]; property: Property; test: FilterExpression } {
    const { path, property } = this.#known(this.#type.properties, names, 'collection');
    if (kind.toLowerCase() === 'all' || property.filter !== true) throw new QueryError('filterNode');
    this.#expectSign('(');
    const variable = this.#next();
    if (variable.kind !== 'word') throw this.#syntaxError();
    this.#expectSign(':');
    const test = this.#either({
      variable: variable.text,
      properties: property.kind === 'strings' ? undefined : (property.properties ?? {}),
    });
    this.#expectSign(')');
    return { path, property, test };
  }

  #known(
    properties: Readonly<Record<string, Property>>,
    names: readonly string[],
    wanted: 'value' | 'collection' = 'value',
  ): { path: readonly string[]; property: Property } {
    const found = propertyAt(properties, names);
    if (found === undefined)
      throw new QueryError('unknownProperty', { name: names.at(-1) ?? '', type: this.#type.name });
    const plural = found.property.kind === 'strings' || found.property.kind === 'collection';
    if (plural !== (wanted === 'collection')) throw new QueryError('filterNode');
    if (wanted === 'value' && found.property.filter !== true) throw new QueryError('filterNode');
    return found;
  }

  #operator(): Comparison | undefined {
    const { kind, text } = this.#peek();
    if (kind !== 'word' || !comparisons.includes(text.toLowerCase())) return undefined;
    this.#at += 1;
    // The word was found among `comparisons`.
    return text.toLowerCase() as Comparison;
  }

  #literal(): Literal | undefined {
    const token = this.#peek();
    const literal = literalOf(token);
    if (literal !== undefined) this.#at += 1;
    return literal;
  }

  #peek(): FilterToken {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', at: this.#text.length };
  }

  #next(): FilterToken {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #takesWord(word: string): boolean {
    const { kind, text } = this.#peek();
    const taken = kind === 'word' && text.toLowerCase() === word;
    if (taken) this.#at += 1;
    return taken;
  }

  #takesSign(sign: string): boolean {
    const { kind, text } = this.#peek();
    const taken = kind === 'sign' && text === sign;
    if (taken) this.#at += 1;
    return taken;
  }

  #expectSign(sign: string): void {
    if (!this.#takesSign(sign)) throw this.#syntaxError();
  }

  #syntaxError(): QueryError {
    return new QueryError('filterSyntax', { position: this.#peek().at, name: this.#text });
  }
}

function literalOf({ kind, text }: FilterToken): Literal | undefined {
  switch (kind) {
    case 'string':
      return { kind, value: text };
    case 'number':
      return { kind, value: Number(text) };
    case 'dateTime':
      return {
        kind,
        value: Date.parse(/T.*(Z|[+-]\d\d:\d\d)$/i.test(text) || !/T/i.test(text) ? text : `${text}Z`),
      };
    case 'word':
      if (/^(true|false)$/i.test(text)) return { kind: 'boolean', value: /^true$/i.test(text) };
      return text.toLowerCase() === 'null' ? { kind: 'null', value: null } : undefined;
    default:
      return undefined;
  }
}

function compared(
  path: readonly string[],
  property: Property,
  operator: Comparison,
  literal: Literal,
): FilterExpression {
  if (literal.kind !== 'null' && literal.kind !== property.kind)
    throw new QueryError('incompatibleTypes', {
      left: edmTypes[property.kind] ?? 'Edm.ComplexType',
      right: edmTypes[literal.kind] ?? literal.kind,
      operator: operatorKinds[operator],
    });
  if (literal.kind === 'dateTime' && Number.isNaN(literal.value)) throw new QueryError('filterNode');
  return { kind: 'compare', operator, path, literal };
}

/** The same comparison seen from the other side. */
function mirrored(operator: Comparison): Comparison {
  return ({ eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' } as const)[operator];
}
