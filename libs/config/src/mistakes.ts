import { renderTable } from './table.js';

export interface Mistake {
  /** The variable to change: its own name, or the `_FILE` variant when that one is wrong. */
  readonly name: string;
  readonly problem: string;
  /** What the variable is for, with an example where the schema has one. */
  readonly expected: string;
}

export function renderMistakes(service: string, mistakes: readonly Mistake[]): string {
  const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
  const table = renderTable(
    ['VARIABLE', 'PROBLEM', 'EXPECTED'],
    mistakes.map(({ name, problem, expected }) => [name, problem, expected]),
  );
  return `${service}: ${count} in the environment\n\n${table}`;
}
