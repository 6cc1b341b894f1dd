import { z } from 'zod';

/** What stands for something that a system makes when it starts: addresses of its tools, and the key that the provider wants. */
export const PLACEHOLDERS = ['identity', 'provider', 'provider-key', 'smtp-sink'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

const PLACEHOLDER = /\{([^}]*)\}/g;
const known = (name: string): name is Placeholder => (PLACEHOLDERS as readonly string[]).includes(name);
const names = (text: string): string[] => [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);

const variables = z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string());
const filled = variables.refine((all) => Object.values(all).flatMap(names).every(known), {
  error: `a placeholder is none of ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')}`,
});

/** What `defineService` cannot say of a service, since it is about the systems that the service runs in. */
export const entrySchema = z.strictObject({
  /** What the service has to do, each a process of its own where there are many (Procfile). */
  processTypes: z.array(z.enum(['web', 'consumer', 'relay', 'jobs'])).min(1),
  /** The table that its handlers write. The chaos run lets nobody else write it for a while. */
  table: z.string(),
  /** Whether an empty database gets something by the admin command `seed`. */
  seeded: z.boolean().default(false),
  /** The variables that every deploy has to give, beside the URLs of its database and of Kafka. */
  env: filled.default({}),
  /** What the demo of `npm start` gives beside those. */
  demo: variables.default({}),
  compose: z
    .strictObject({
      /** What the demo in containers gives beside `env`. */
      env: variables.default({}),
      /** Whether something in its network has a port of this machine. */
      published: z.boolean().default(false),
      ports: z.array(z.string()).default([]),
    })
    .prefault({}),
});
export type ServiceEntry = z.output<typeof entrySchema>;

/** The same variables with each placeholder as `fill` has it. */
export function fillIn(env: ServiceEntry['env'], fill: Readonly<Record<Placeholder, string>>): Record<string, string> {
  const filledIn = (text: string): string =>
    text.replaceAll(PLACEHOLDER, (_, name: string) => fill[name as Placeholder]);
  return Object.fromEntries(Object.entries(env).map(([variable, text]) => [variable, filledIn(text)]));
}

/** The placeholders of a text. */
export function placeholdersIn(text: string): Placeholder[] {
  return names(text).filter(known);
}
