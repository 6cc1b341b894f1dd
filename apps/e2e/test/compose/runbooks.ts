import { runbookLines, type UsedLine } from '@dozen/observability';
import { repository } from '../running.js';
import type { ComposeDemo } from './compose-demo.js';

/** What a page leaves to its reader. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '<id>': 'message:1',
  '<number>': '1',
  '<you>': 'ada',
  '<reason>': 'the page said so',
  '<topic>': 'orders.commands',
  '<partition>': '0',
};
/** Of a system that is well: there is nothing to decide about, and consumers run. Any other line does what it says. */
const REFUSED = /^(dead-letters (show|fix|replay|discard)|offsets set) /;

/** Every command line of the runbooks, as it is written, in a container of its service. */
export function runbooks(running: () => ComposeDemo): void {
  it('runs every command of the runbooks in the containers', async () => {
    const lines = new Map((await runbookLines(repository)).map((line) => [line.text, line]));
    expect(lines.size).toBeGreaterThan(10);
    for (const line of lines.values()) {
      const { words, outcome } = await typed(running(), line);
      const expected = REFUSED.test(words) ? { status: 1, said: /^[A-Z]+(-[A-Z]+)+: /m } : { status: 0, said: /./ };
      expect({ words, ...outcome }).toEqual({
        words,
        status: expected.status,
        said: expect.stringMatching(expected.said) as string,
      });
    }
  }, 240_000);
}

async function typed(demo: ComposeDemo, { service, words, text }: UsedLine) {
  const name = service === '<service>' ? 'orders' : service;
  const filled = words.map((word) => word.replaceAll(/<[^>]+>/g, (placeholder) => placeholderOf(placeholder, text)));
  const program = `apps/${name}/dist/main.js`;
  const outcome = await demo.compose('exec', '-T', name, 'node', program, ...filled).then(
    (said) => ({ status: 0, said }),
    (error: unknown) => outcomeOf(error),
  );
  return { words: filled.join(' '), outcome };
}

function placeholderOf(placeholder: string, text: string): string {
  const value = PLACEHOLDERS[placeholder];
  if (value === undefined) throw new Error(`nobody knows what ${placeholder} is in: ${text}`);
  return value;
}

function outcomeOf(error: unknown): { status: unknown; said: string } {
  const { code, stderr } = error as { code: unknown; stderr: string };
  return { status: code, said: stderr.trim() };
}
