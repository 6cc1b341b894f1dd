import { refusals } from './compatible.js';
import type { JsonSchema } from './json-schema.js';
import type { Contracts, Message } from './read.js';

/** What the last release wrote and read, by message type. */
export type Released = Readonly<Record<string, { readonly topic: string; readonly schema: JsonSchema }>>;

/**
 * What the next deploy would break, one sentence each. While it goes on, producers and consumers of both releases run, so
 * each must read what the other writes; a type of the last release is still in the topics.
 */
export function breaks({ messages }: Contracts, released: Released): string[] {
  const current = new Map(messages.map((message) => [message.type, message]));
  const known = Object.entries(released).flatMap(([type, { topic, schema }]) => {
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
  return [...known, ...messages.flatMap((message) => tooEarly(message, released))];
}

/** A new version of a known message that this release would write already. A new message is nobody's in the last release. */
function tooEarly(message: Message, released: Released): string[] {
  const { type, name, announced } = message;
  const isNew = released[type] === undefined && Object.keys(released).some((known) => nameOf(known) === name);
  if (!isNew || announced) return [];
  return [
    `${type}: ${readers(message)} of the last release do not read it yet: announce it, and write it a release later`,
  ];
}

/** `OrderPlaced` of `dozen.OrderPlaced.v1`. */
function nameOf(type: string): string | undefined {
  return type.split('.')[1];
}

function readers({ consumers }: Message): string {
  return consumers.length === 0 ? 'readers outside' : consumers.join(', ');
}
