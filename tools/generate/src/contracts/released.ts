import { refusals } from './compatible.js';
import type { JsonSchema } from './json-schema.js';
import type { Contracts, Message } from './read.js';

/** What the last release wrote and read, by message type. */
export type Released = Readonly<Record<string, { readonly topic: string; readonly schema: JsonSchema }>>;

/**
 * A change that the comparison would refuse and that is made all the same: `why` is a sentence of `refusals`, and `because`
 * says why nothing is lost by it and what a deploy has to mind. It holds until the next release.
 */
export interface AcceptedChange {
  readonly why: string;
  readonly because: string;
}

/**
 * What the next deploy would break, one sentence each. While it goes on, producers and consumers of both releases run, so
 * each must read what the other writes; a type of the last release is still in the topics.
 */
export function breaks(
  { messages }: Contracts,
  released: Released,
  accepted: readonly AcceptedChange[] = [],
): string[] {
  const open = new Set(accepted.map(({ why }) => why));
  const met = new Set<string>();
  const refused = (reader: JsonSchema, writer: JsonSchema): string[] =>
    refusals(reader, writer).filter((why) => {
      if (open.has(why)) met.add(why);
      return !open.has(why);
    });
  const current = new Map(messages.map((message) => [message.type, message]));
  const known = Object.entries(released).flatMap(([type, { topic, schema }]) => {
    const message = current.get(type);
    if (message === undefined) return [`${type} is gone: what the last release wrote has no reader any more`];
    if (message.topic !== topic) return [`${type} has moved from ${topic} to ${message.topic}`];
    const who = readers(message);
    return [
      ...refused(schema, message.schema).map((why) => `${type}: ${who} of the last release would refuse it: ${why}`),
      ...refused(message.schema, schema).map(
        (why) => `${type}: ${who} would refuse what the last release wrote: ${why}`,
      ),
    ];
  });
  const stale = [...open].filter((why) => !met.has(why)).map((why) => `accepted, and no change of today: ${why}`);
  return [...known, ...messages.flatMap((message) => tooEarly(message, released)), ...stale];
}

/**
 * A new version of a known message that this release would write already. A new message is not refused: no reader of the last
 * release handles it.
 */
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
