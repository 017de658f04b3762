/**
 * What Outlook says to a query it does not take. `confidence` as in provider profiles: D documented, R seen on the
 * wire by somebody, I ours: the case is refused, its words are a guess.
 */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  /** `{name}` stands for the part of the request that was refused. */
  readonly message: string;
  readonly confidence: 'D' | 'R' | 'I';
  readonly source: string;
}

const ours = 'ours: refused, words not captured';

/** Every refusal of a query option, by what is wrong with it. */
export const refusals = {
  unknownProperty: {
    status: 400,
    code: 'RequestBroker--ParseUri',
    message: "Could not find a property named '{name}' on type '{type}'.",
    confidence: 'R',
    source: 'OpenArchiver#44, paperweight#1',
  },
  unknownSelect: {
    status: 400,
    code: 'BadRequest',
    message:
      "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type '{type}'.",
    confidence: 'R',
    source: 'davmail#488',
  },
  incompatibleTypes: {
    status: 400,
    code: 'BadRequest',
    message:
      "A binary operator with incompatible types was detected. Found operand types '{left}' and '{right}' for operator kind '{operator}'.",
    confidence: 'I',
    source: 'words of the OData library (ODL) that Graph runs; code ours',
  },
  filterSyntax: {
    status: 400,
    code: 'BadRequest',
    message: "Invalid filter clause: Syntax error at position {position} in '{name}'.",
    confidence: 'I',
    source: 'words of the OData library (ODL) that Graph runs; code ours',
  },
  filterNode: {
    status: 400,
    code: 'ErrorInvalidUrlQueryFilter',
    message: 'The query filter contains one or more invalid nodes.',
    confidence: 'R',
    source: 'seen for endswith and for any() over recipients, in clients that guard against it',
  },
  inefficient: {
    status: 400,
    code: 'InefficientFilter',
    message: 'The restriction or sort order is too complex for this operation.',
    confidence: 'R',
    source:
      'emailengine outlook-client.js; rule: user-list-messages, "Using filter and orderby in the same query"',
  },
  orderBy: {
    status: 400,
    code: 'ErrorInvalidUrlQuery',
    message: "The '$orderby' parameter value '{name}' is not supported.",
    confidence: 'I',
    source: ours,
  },
  searchWithFilter: {
    status: 400,
    code: 'SearchWithFilter',
    message: "The query parameter '$filter' is not supported with '$search'.",
    confidence: 'R',
    source: 'seen by several clients of /me/messages',
  },
  searchWithOrderBy: {
    status: 400,
    code: 'SearchWithOrderBy',
    message: "The query parameter '$orderBy' is not supported with '$search'.",
    confidence: 'R',
    source: 'seen by several clients of /me/messages',
  },
  searchWithCount: {
    status: 400,
    code: 'SearchWithCount',
    message: "The query parameter '$count' is not supported with '$search'.",
    confidence: 'I',
    source: 'refusal R (clients leave $count out); code and words ours after SearchWithFilter',
  },
  searchWithSkip: {
    status: 400,
    code: 'SearchWithSkip',
    message: "The query parameter '$skip' is not supported with '$search'.",
    confidence: 'I',
    source: 'refusal R (clients leave $skip out); code and words ours after SearchWithFilter',
  },
  searchSyntax: {
    status: 400,
    code: 'BadRequest',
    message: "Syntax error: character '{character}' is not valid at position {position} in '{name}'.",
    confidence: 'R',
    source: 'microsoft-graph-docs-contrib#8368',
  },
  searchHere: {
    status: 400,
    code: 'ErrorInvalidUrlQuery',
    message: "The query parameter '$search' is not supported for this resource.",
    confidence: 'I',
    source: ours,
  },
  top: {
    status: 400,
    code: 'ErrorInvalidUrlQuery',
    message:
      "Invalid value '{name}' for $top query option found. The $top query option requires a value from 1 to 1000.",
    confidence: 'I',
    source: 'range D (user-list-messages); words ours after the OData library (ODL)',
  },
  skip: {
    status: 400,
    code: 'BadRequest',
    message:
      "Invalid value '{name}' for $skip query option found. The $skip query option requires a non-negative integer value.",
    confidence: 'I',
    source: 'words of the OData library (ODL) that Graph runs; code ours',
  },
  count: {
    status: 400,
    code: 'BadRequest',
    message: "Invalid value '{name}' for $count query option found. Valid values are 'true' and 'false'.",
    confidence: 'I',
    source: 'words of the OData library (ODL) that Graph runs; code ours',
  },
  skipToken: {
    status: 400,
    code: 'BadRequest',
    message: "The skip token '{name}' is malformed.",
    confidence: 'I',
    source: ours,
  },
  staleSearch: {
    status: 400,
    code: 'ErrorExecuteSearchStaleData',
    message: 'The search results are stale; start the search again.',
    confidence: 'I',
    source: 'code R (client tables); words ours',
  },
  expand: {
    status: 400,
    code: 'BadRequest',
    message:
      "Parsing OData Select and Expand failed: Could not find a navigation property named '{name}' on type '{type}'.",
    confidence: 'I',
    source: 'words after davmail#488',
  },
  expandSyntax: {
    status: 400,
    code: 'BadRequest',
    message: "Parsing OData Select and Expand failed: Syntax error at position {position} in '{name}'.",
    confidence: 'I',
    source: ours,
  },
  extendedPropertyFilter: {
    status: 400,
    code: 'ErrorInvalidProperty',
    message:
      "An extended property is expanded with a filter on its id: $filter=id eq '{{type} {tag or name}}'.",
    confidence: 'I',
    source: 'rule D (singlevaluelegacyextendedproperty-get); words ours',
  },
  unknownOption: {
    status: 400,
    code: 'BadRequest',
    message: "The query parameter '{name}' is not supported.",
    confidence: 'I',
    source: ours,
  },
} as const satisfies Readonly<Record<string, Refusal>>;
