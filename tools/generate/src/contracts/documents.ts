import type { Document } from '../documents.js';
import { asyncApi } from './asyncapi.js';
import { renderEvents } from './events.js';
import type { Contracts } from './read.js';

/** docs/events.md and docs/asyncapi.json */
export function contractDocuments(contracts: Contracts): Promise<Document[]> {
  return Promise.resolve([
    { path: 'docs/events.md', text: renderEvents(contracts) },
    { path: 'docs/asyncapi.json', text: `${JSON.stringify(asyncApi(contracts), null, 2)}\n` },
  ]);
}
