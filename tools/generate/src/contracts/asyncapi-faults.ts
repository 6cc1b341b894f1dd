import { Parser } from '@asyncapi/parser';

/** Whatever AsyncAPI's own parser finds fault with, advice among it: one sentence each, with where. */
export async function asyncApiFaults(document: object): Promise<string[]> {
  const diagnostics = await new Parser().validate(JSON.stringify(document));
  return diagnostics.map(({ message, path }) => `docs/asyncapi.json: ${path.join('.')}: ${message}`);
}
