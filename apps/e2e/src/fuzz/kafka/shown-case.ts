import { caseOf, seedOf } from '../seeds.js';
import { recordCases } from './record-case.js';
import type { RecordCase } from './record-oddity.js';

export function recordCaseOf(runSeed: number, index: number): RecordCase {
  return caseOf(recordCases, seedOf(runSeed, { kind: 'kafka', index }));
}

const SHOWN_CHARACTERS = 1_200;

export function shown(one: RecordCase): string {
  const text = JSON.stringify(one);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)} … ${text.length} characters` : text;
}
