import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusals } from './compatible.js';
import type { JsonSchema } from './json-schema.js';
import type { Contracts, Message } from './read.js';

/** What the last release wrote and read, by message type. */
export type Released = Readonly<Record<string, { readonly topic: string; readonly schema: JsonSchema }>>;

const FILE = join('libs', 'contracts', 'released', 'messages.json');

export async function readReleased(root: string): Promise<Released> {
  const file = join(root, FILE);
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Released) : {};
}

/** Part of a release: from now on this is what must not be broken. */
export async function writeReleased(root: string, { messages }: Contracts): Promise<void> {
  const released = Object.fromEntries(messages.map(({ type, topic, schema }) => [type, { topic, schema }]));
  await writeFile(join(root, FILE), `${JSON.stringify(released, null, 2)}\n`);
}

/**
 * What the next deploy would break, one sentence each. While it goes on, producers and consumers of both releases run, so
 * each must read what the other writes; a type of the last release is still in the topics.
 */
export function breaks({ messages }: Contracts, released: Released): string[] {
  const current = new Map(messages.map((message) => [message.type, message]));
  return Object.entries(released).flatMap(([type, { topic, schema }]) => {
    const message = current.get(type);
    if (message === undefined) return [`${type} is gone: what the last release wrote has no reader any more`];
    if (message.topic !== topic) return [`${type} has moved from ${topic} to ${message.topic}`];
    const who = readers(message);
    return [
      ...refusals(schema, message.schema).map((why) => `${type}: ${who} of the last release would refuse it: ${why}`),
      ...refusals(message.schema, schema).map(
        (why) => `${type}: ${who} would refuse what the last release wrote: ${why}`,
      ),
    ];
  });
}

function readers({ consumers }: Message): string {
  return consumers.length === 0 ? 'readers outside' : consumers.join(', ');
}
