import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readOverlay } from '@dozen/observability';
import type { Document } from './documents.js';
import { withRegions } from './systems/regions.js';

const PAGE = 'docs/runbooks/README.md';

/** The list of alerts in docs/runbooks, in the order of the rules: each with the first sentence of its page. */
export async function runbookDocuments(root: string): Promise<Document[]> {
  const { rules } = await readOverlay(root);
  const rows = rules.map(async ({ alert, annotations }) => {
    if (alert === undefined || annotations === undefined) return [];
    const page = await readFile(join(root, annotations.runbook), 'utf8');
    return [`| [${alert}](${basename(annotations.runbook)}) | ${firstSentence(page)} |\n`];
  });
  const list = ['\n| alert | what is seen |\n| --- | --- |\n', ...(await Promise.all(rows)).flat(), '\n'].join('');
  return [{ path: PAGE, text: withRegions(await readFile(join(root, PAGE), 'utf8'), { alerts: list }) }];
}

/** Of the paragraph under the heading. */
export function firstSentence(page: string): string {
  const paragraph = page.split('\n\n')[1] ?? '';
  return /^.*?[^.]\.(?=\s|$)/s.exec(paragraph)?.[0].replace(/\s+/g, ' ') ?? paragraph;
}
