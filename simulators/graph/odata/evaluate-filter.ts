import type { Comparison, FilterExpression, Literal } from './filter-expression.ts';
import { valueAt } from './resource.ts';

/**
 * The filter as a test of rendered resources. Strings compare without regard to case, as Exchange's restrictions do;
 * a property that is absent equals null only.
 */
export function filterTest(filter: FilterExpression): (resource: unknown) => boolean {
  switch (filter.kind) {
    case 'and': {
      const [left, right] = [filterTest(filter.left), filterTest(filter.right)];
      return (resource) => left(resource) && right(resource);
    }
    case 'or': {
      const [left, right] = [filterTest(filter.left), filterTest(filter.right)];
      return (resource) => left(resource) || right(resource);
    }
    case 'not': {
      const operand = filterTest(filter.operand);
      return (resource) => !operand(resource);
    }
    case 'truth':
      return (resource) => valueAt(resource, filter.path) === true;
    case 'text': {
      const wanted = filter.value.toLowerCase();
      return (resource) => {
        const value = valueAt(resource, filter.path);
        if (typeof value !== 'string') return false;
        return filter.test === 'contains'
          ? value.toLowerCase().includes(wanted)
          : value.toLowerCase().startsWith(wanted);
      };
    }
    case 'any': {
      const test = filterTest(filter.test);
      return (resource) => {
        const items = valueAt(resource, filter.path);
        return Array.isArray(items) && items.some((item) => test(item));
      };
    }
    case 'compare': {
      const { path, operator, literal } = filter;
      const wanted = sortable(literal);
      return (resource) => holds(operator, comparable(valueAt(resource, path), literal.kind), wanted);
    }
    default:
      return filter satisfies never;
  }
}

type Sortable = string | number | boolean | null;

function sortable(literal: Literal): Sortable {
  return literal.kind === 'string' ? literal.value.toLowerCase() : literal.value;
}

function comparable(value: unknown, kind: Literal['kind']): Sortable {
  if (typeof value === 'string') return kind === 'dateTime' ? Date.parse(value) : value.toLowerCase();
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function holds(operator: Comparison, left: Sortable, right: Sortable): boolean {
  switch (operator) {
    case 'eq':
      return left === right;
    case 'ne':
      return left !== right;
    case 'gt':
      return left !== null && right !== null && left > right;
    case 'ge':
      return left !== null && right !== null && left >= right;
    case 'lt':
      return left !== null && right !== null && left < right;
    case 'le':
      return left !== null && right !== null && left <= right;
    default:
      return operator satisfies never;
  }
}
