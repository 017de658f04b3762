import * as v from 'valibot';
import { GraphError } from '../graph-error.ts';

/** One request of a batch, as it was sent. */
export interface BatchPart {
  readonly id: string;
  readonly method: string;
  /** From the version on: `/me/messages`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly dependsOn: readonly string[];
}

const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const;

const schema = v.object({
  requests: v.array(
    v.object({
      id: v.pipe(
        v.union([v.string(), v.number()]),
        v.transform((id) => String(id)),
      ),
      method: v.pipe(v.string(), v.toUpperCase(), v.picklist(methods)),
      url: v.pipe(v.string(), v.minLength(1)),
      headers: v.optional(v.record(v.string(), v.string()), {}),
      body: v.optional(v.unknown()),
      dependsOn: v.optional(v.array(v.string()), []),
    }),
  ),
});

/**
 * The requests of a batch. Throws `GraphError` 400 where the whole batch is refused: no JSON of this shape, too many, an
 * id that stands twice, a dependency on what is not there or comes later (learn graph/json-batching; texts ours).
 */
export function parseBatch(body: unknown, maxParts: number): readonly BatchPart[] {
  const parsed = v.safeParse(schema, body);
  if (!parsed.success) throw bad(`Invalid batch payload format: ${parsed.issues[0].message}.`);
  const { requests } = parsed.output;
  if (requests.length > maxParts)
    throw bad(`Number of batch request steps exceeds the maximum value of ${maxParts}.`);
  const before = new Set<string>();
  return requests.map((request) => {
    if (before.has(request.id.toLowerCase())) throw bad(`Duplicate id '${request.id}' in batch requests.`);
    const missing = request.dependsOn.find((id) => !before.has(id.toLowerCase()));
    if (missing !== undefined)
      throw bad(`Request '${request.id}' depends on '${missing}', which does not precede it.`);
    before.add(request.id.toLowerCase());
    return { ...request, body: request.body };
  });
}

function bad(message: string): GraphError {
  return new GraphError(400, 'BadRequest', message);
}
