import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Curve } from '../benchmark.js';
import { BENCHMARKS, type BenchmarkName } from '../options.js';
import { type Result, type Results, ROOT } from '../results.js';
import type { Environment } from '../environment.js';
import { tablesOf } from './tables.js';

export const DOCUMENT = join(ROOT, 'docs', 'benchmarks.md');
const NOTES = join(ROOT, 'tools', 'bench', 'notes');

const HEAD = `# Benchmarks

This page answers, for whoever wants to know how fast Dozen is: compared with what, and what does an order cost? It is generated
by \`npm run bench -- all --save\` from \`docs/benchmarks.json\` and \`tools/bench/notes\`; do not edit it.

Absolute figures are those of one machine on one day. What can be compared is the ratio to a yardstick that did the same
work in the same run: best of the rounds ÷ best of the yardstick's rounds; "per round" shows how far single rounds
differ. Each subject and each yardstick runs in a process of its own against real PostgreSQL and Kafka.
`;

/** The text of docs/benchmarks.md. */
export async function renderDocument(results: Results): Promise<string> {
  const sections = await Promise.all(BENCHMARKS.map((name) => section(name, results[name])));
  return [HEAD, ...sections].join('\n');
}

export async function writeDocument(results: Results): Promise<void> {
  await writeFile(DOCUMENT, await renderDocument(results));
}

async function section(name: BenchmarkName, result: Result | undefined): Promise<string> {
  const notes = (await readFile(join(NOTES, `${name}.md`), 'utf8')).trim();
  if (result === undefined) return `${notes}\n\nNot measured yet.\n`;
  const { date, rounds, environment, findings } = result;
  const [title = '', ...text] = notes.split('\n');
  const evidence = findings.evidence.map(({ title: what, text: listing }) => `${what}\n\n\`\`\`\n${listing}\n\`\`\``);
  const where = `${date}, best of ${rounds}: ${environmentLine(environment)}.`;
  const pictures = (findings.curves ?? []).map(pictureOf);
  return `${[title, where, ...tablesOf(findings), ...pictures, text.join('\n').trim(), ...evidence].join('\n\n')}\n`;
}

/** A chart that Markdown viewers draw (Mermaid). The lines are in the order of the table's columns. */
function pictureOf({ title, x, y, lines }: Curve): string {
  const list = (values: readonly number[]): string => `[${values.map((value) => Math.round(value)).join(', ')}]`;
  return [
    '```mermaid',
    'xychart-beta',
    `  title "${title.replaceAll('"', "'")}"`,
    `  x-axis "${x.title}" ${list(x.values)}`,
    `  y-axis "${y}"`,
    ...lines.map(({ values }) => `  line ${list(values)}`),
    '```',
  ].join('\n');
}

export function environmentLine(environment: Environment): string {
  const { cpu, cores, memoryGb, node, postgres, kafka, synchronousCommit, fsync } = environment;
  return [
    `${cpu}, ${cores} cores, ${memoryGb} GB`,
    `Node ${node}`,
    `PostgreSQL ${postgres} (synchronous_commit=${synchronousCommit}, fsync=${fsync})`,
    `Kafka ${kafka}`,
  ].join('; ');
}
