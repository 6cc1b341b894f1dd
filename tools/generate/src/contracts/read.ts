import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { contractsIn, type MessageContract, versionsOf } from '@dozen/kernel';
import { z } from 'zod';
import type { JsonSchema } from './json-schema.js';

export interface Message {
  /** `dozen.OrderPlaced.v1` */
  readonly type: string;
  readonly name: string;
  readonly version: number;
  readonly topic: string;
  readonly schema: JsonSchema;
  /** Services with a handler for it, or for a version that replaces it. */
  readonly consumers: readonly string[];
  /** Read, and not written before the next release. */
  readonly announced: boolean;
  /** The type of the version that it is lifted to when it is read; undefined for the newest one. */
  readonly replacedBy: string | undefined;
}

export interface Topic {
  readonly name: string;
  readonly kind: 'command' | 'event';
  readonly partitions: number;
  readonly retentionMs: number;
  readonly cleanup: string;
}

export interface Contracts {
  readonly topics: readonly Topic[];
  /** In the order of topics, then of types. */
  readonly messages: readonly Message[];
}

/** What is built: the contracts, and of each service the methods that are marked with `@Handles`. */
export async function readContracts(root: string, services: readonly string[]): Promise<Contracts> {
  const module = await load(root, 'libs', 'contracts', 'dist', 'index.js');
  const topics = module['topics'] as readonly Topic[];
  const declared = everyVersion(contractsIn(module));
  const handled = new Map<string, string[]>();
  for (const service of services) {
    for (const type of await handledBy(root, service)) handled.set(type, [...(handled.get(type) ?? []), service]);
  }
  const messages = declared.map(
    ({ contract: { type, name, version, topic, schema, announced = false }, replacedBy }) => ({
      type,
      name,
      version,
      topic: topic.name,
      // What a producer writes. Readers drop what they do not know, so nothing is said about further fields.
      schema: z.toJSONSchema(schema as z.ZodType, { io: 'input' }) as JsonSchema,
      consumers: handled.get(type) ?? [],
      announced,
      replacedBy,
    }),
  );
  const order = topics.map(({ name }) => name);
  messages.sort((a, b) => order.indexOf(a.topic) - order.indexOf(b.topic) || a.type.localeCompare(b.type));
  return { topics, messages };
}

/** What the relay puts into one request: a record's value may have as many bytes, and the broker takes it with its headers. */
export async function readSendBytes(root: string): Promise<number> {
  const { messagingPolicy } = await load(root, 'libs', 'messaging', 'dist', 'policy.js');
  return (messagingPolicy as { readonly relaySendBytes: number }).relaySendBytes;
}

/** Each version once: one that is replaced may also be declared by itself, because it is still what is written. */
export function everyVersion(
  contracts: readonly MessageContract[],
): { contract: MessageContract; replacedBy: string | undefined }[] {
  const all = contracts.flatMap(versionsOf);
  const replacements = new Map(all.map(({ type, replaces }) => [replaces?.contract.type, type]));
  const byType = new Map(all.map((contract) => [contract.type, contract]));
  return [...byType.values()].map((contract) => ({ contract, replacedBy: replacements.get(contract.type) }));
}

/** Nest's metadata of a pattern, which `@Handles` fills; the module is looked at and never started. */
async function handledBy(root: string, service: string): Promise<string[]> {
  const module = await load(root, 'apps', service, 'dist', 'app.module.js');
  const { getMetadata } = Reflect as unknown as { getMetadata: (key: string, target: object) => unknown };
  const controllers = (getMetadata('controllers', module['AppModule'] as object) ?? []) as { prototype: object }[];
  return controllers.flatMap(({ prototype }) =>
    Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap(({ value }) => {
      if (typeof value !== 'function') return [];
      const extras = getMetadata('microservices:pattern_extras', value as object) as
        { 'dozen:handles'?: { contract: MessageContract } } | undefined;
      const contract = extras?.['dozen:handles']?.contract;
      return contract === undefined ? [] : versionsOf(contract).map(({ type }) => type);
    }),
  );
}

async function load(root: string, ...path: string[]): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(join(root, ...path)).href)) as Record<string, unknown>;
}
