import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const catalogue = z.object({
  metrics: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['histogram', 'counter', 'gauge']),
      unit: z.string(),
      attributes: z.array(z.string()),
    }),
  ),
  spans: z.array(z.object({ name: z.string(), kind: z.string(), attributes: z.array(z.string()) })),
  logs: z.array(z.object({ level: z.string(), message: z.string(), fields: z.array(z.string()) })),
});

/** The part of docs/telemetry.json that is compared here. */
export type Catalogue = z.output<typeof catalogue>;
export type CataloguedMetric = Catalogue['metrics'][number];

export async function readCatalogue(root: string): Promise<Catalogue> {
  return catalogue.parse(JSON.parse(await readFile(join(root, 'docs', 'telemetry.json'), 'utf8')));
}
