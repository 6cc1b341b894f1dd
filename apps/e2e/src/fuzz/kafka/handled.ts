import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@dozen/demo';

interface AsyncApi {
  readonly operations: Readonly<Record<string, { readonly messages: readonly { readonly $ref: string }[] }>>;
}

const document = JSON.parse(readFileSync(join(ROOT, 'docs', 'asyncapi.json'), 'utf8')) as AsyncApi;

/** The types that some service handles. An event that nobody handles is nobody's business, whatever it holds. */
export const HANDLED: ReadonlySet<string> = new Set(
  Object.values(document.operations).flatMap(({ messages }) =>
    messages.map(({ $ref }) => $ref.slice($ref.lastIndexOf('/') + 1)),
  ),
);
