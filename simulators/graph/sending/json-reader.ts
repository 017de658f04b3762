import { GraphError } from '../graph-error.ts';

/** A JSON object as a client sent it. */
export type Json = Readonly<Record<string, unknown>>;

/** The body of a request as an object; an absent one is empty. Throws `GraphError` 400 for anything else. */
export function jsonObject(exchange: { json(): unknown; bytes(): Uint8Array }): Json {
  if (exchange.bytes().length === 0) return {};
  const value = exchange.json();
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new GraphError(400, 'RequestBodyRead', 'The request body must be a JSON object.');
  // An object that is no list can be read by name.
  return value as Json;
}

/** Throws `GraphError` 400 when it is no text; undefined when it is absent or null. */
export function textIn(json: Json, property: string): string | undefined {
  const value = json[property];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string')
    throw new GraphError(
      400,
      'RequestBodyRead',
      `Cannot convert the value of the property '${property}' to the type 'Edm.String'.`,
    );
  return value;
}

/** Throws `GraphError` 400 when it is no object; undefined when it is absent or null. */
export function objectIn(json: Json, property: string): Json | undefined {
  const value = json[property];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value))
    throw new GraphError(400, 'RequestBodyRead', `The property '${property}' must be an object.`);
  return value as Json; // an object that is no list, as above
}
