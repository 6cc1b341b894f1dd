import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** Where the overlay is, from the root of the workspace. */
export const OVERLAY = 'deploy/compose/observability';

const rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          record: z.string().optional(),
          expr: z.string(),
          annotations: z.object({ summary: z.string(), runbook: z.string() }).optional(),
        }),
      ),
    }),
  ),
});
const dashboard = z.object({
  title: z.string(),
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});

export type Rule = z.output<typeof rules>['groups'][number]['rules'][number];

/** An expression that somebody asks Prometheus, and where it stands. */
export interface Query {
  readonly where: string;
  readonly expression: string;
}

export interface Overlay {
  readonly rules: readonly Rule[];
  /** Of rules and dashboards. */
  readonly queries: readonly Query[];
  /** Names of the pages in docs/runbooks. */
  readonly runbooks: readonly string[];
}

export async function readOverlay(root: string): Promise<Overlay> {
  const text = await readFile(join(root, OVERLAY, 'prometheus', 'rules.yml'), 'utf8');
  const read = rules.parse(parse(text)).groups.flatMap((group) => group.rules);
  const ofRules = read.map(({ alert, record, expr }) => ({ where: alert ?? record ?? '', expression: expr }));
  const runbooks = globSync('docs/runbooks/*.md', { cwd: root }).filter((path) => !path.endsWith('README.md'));
  return { rules: read, queries: [...ofRules, ...(await dashboardQueries(root))], runbooks: runbooks.sort() };
}

async function dashboardQueries(root: string): Promise<Query[]> {
  const files = globSync(`${OVERLAY}/grafana/dashboards/*.json`, { cwd: root }).sort();
  const queries = files.map(async (file) => {
    const { title, panels } = dashboard.parse(JSON.parse(await readFile(join(root, file), 'utf8')));
    return panels.flatMap((panel) =>
      panel.targets.map(({ expr }) => ({ where: `${title} / ${panel.title}`, expression: expr })),
    );
  });
  return (await Promise.all(queries)).flat();
}
