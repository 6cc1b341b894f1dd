import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { FieldNames } from './field-names.js';

/** A log line as the code writes it. */
export interface LogEvent {
  /** `libs/messaging` */
  readonly package: string;
  readonly level: string;
  /** `…` stands for what differs from line to line. */
  readonly message: string;
  /** Beside those of every line. */
  readonly fields: readonly string[];
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
/**
 * By convention a variable that holds a logger has this name. A line that is logged by another name would be found by the test
 * that reads real lines.
 */
const LOGGER = /(^|[.#])logger$/;

/** Every call of a logger in the sources of services and their libraries, sorted; one that is made twice is listed once. */
export async function readLogEvents(root: string, packages: readonly string[]): Promise<LogEvent[]> {
  const found = await Promise.all(packages.map((folder) => eventsOf(root, folder)));
  const byText = new Map(found.flat().map((event) => [JSON.stringify(event), event]));
  return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event);
}

async function eventsOf(root: string, folder: string): Promise<LogEvent[]> {
  const paths = globSync(`${folder}/src/**/*.ts`, { cwd: root }).filter((path) => !path.endsWith('.spec.ts'));
  const files = await Promise.all(paths.map(async (path) => parse(path, await readFile(join(root, path), 'utf8'))));
  const names = new FieldNames(files);
  return files.flatMap((file) => callsIn(file).flatMap((call) => eventsOfCall(folder, call, names)));
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

interface LogCall {
  readonly call: ts.CallExpression;
  readonly levels: readonly string[];
}

function callsIn(file: ts.SourceFile): LogCall[] {
  const calls: LogCall[] = [];
  const visit = (node: ts.Node): void => {
    const levels = ts.isCallExpression(node) ? levelsOf(node.expression) : [];
    if (ts.isCallExpression(node) && levels.length > 0) calls.push({ call: node, levels });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return calls;
}

/** `logger.warn`, `this.#logger[last ? 'error' : 'warn']`; of `logger[level]` all levels. */
function levelsOf(callee: ts.Expression): readonly string[] {
  if (ts.isPropertyAccessExpression(callee) && LOGGER.test(callee.expression.getText())) {
    return LEVELS.includes(callee.name.text) ? [callee.name.text] : [];
  }
  if (!ts.isElementAccessExpression(callee) || !LOGGER.test(callee.expression.getText())) return [];
  const named = LEVELS.filter((level) => callee.argumentExpression.getText().includes(`'${level}'`));
  return named.length > 0 ? named : ['any'];
}

function eventsOfCall(folder: string, { call, levels }: LogCall, names: FieldNames): LogEvent[] {
  const [first, second] = call.arguments;
  const message = second ?? first;
  if (first === undefined || message === undefined) throw new Error(`${placeOf(call)}: a log line without a message`);
  const fields = second === undefined ? [] : names.of(first);
  const about = { package: folder, message: textOf(message), fields: [...new Set(fields)].sort() };
  return levels.map((level) => ({ ...about, level }));
}

function textOf(message: ts.Expression): string {
  if (ts.isStringLiteralLike(message)) return message.text;
  if (ts.isTemplateExpression(message)) {
    return message.head.text + message.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  }
  return '…';
}

function placeOf(node: ts.Node): string {
  const file = node.getSourceFile();
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}
