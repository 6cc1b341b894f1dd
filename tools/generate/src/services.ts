import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ConfigRow, renderEnvExample, renderMarkdown } from '@dozen/config';
import { z } from 'zod';
import type { Document } from './documents.js';

const run = promisify(execFile);

const manifest = z.object({ nx: z.object({ tags: z.array(z.string()) }).optional() });

const description = z.array(
  z.object({
    service: z.string(),
    section: z.string(),
    name: z.string(),
    description: z.string(),
    type: z.string(),
    required: z.boolean(),
    default: z.string().nullable(),
    example: z.string().nullable(),
    secret: z.boolean(),
    refused: z.string().nullable(),
  }),
) satisfies z.ZodType<ConfigRow[]>;

/** The files that are made from the services' config schemas. */
export async function configDocuments(root: string): Promise<Document[]> {
  const services = await findServices(root);
  const rows = await Promise.all(services.map((service) => describeService(root, service)));
  return [
    ...services.map((service, index) => ({
      path: `apps/${service}/.env.example`,
      text: renderEnvExample(rows[index] ?? []),
    })),
    { path: 'docs/configuration.md', text: renderMarkdown(rows) },
  ];
}

/** Folders under `apps` that hold a service (tag `type:app`), sorted. */
export async function findServices(root: string): Promise<string[]> {
  const folders = (await readdir(join(root, 'apps'), { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const tagged = await Promise.all(
    folders.map(async ({ name }) => {
      const file = join(root, 'apps', name, 'package.json');
      const tags = existsSync(file) ? manifest.parse(JSON.parse(await readFile(file, 'utf8'))).nx?.tags : undefined;
      return tags?.includes('type:app') === true ? [name] : [];
    }),
  );
  return tagged.flat().sort();
}

/** Asks the built service itself, with an empty environment: what it documents is what it would read. */
async function describeService(root: string, service: string): Promise<ConfigRow[]> {
  const main = join(root, 'apps', service, 'dist', 'main.js');
  if (!existsSync(main)) throw new Error(`${service} is not built: run \`npx nx run-many -t build\` first`);
  const { stdout } = await run(process.execPath, [main, 'config', 'describe'], { env: {}, timeout: 30_000 });
  return description.parse(JSON.parse(stdout));
}
