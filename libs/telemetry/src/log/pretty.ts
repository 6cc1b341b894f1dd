import type { DestinationStream } from 'pino';

const SHOWN_APART: ReadonlySet<string> = new Set([
  'time',
  'level',
  'service',
  'release',
  'msg',
  'trace_id',
  'span_id',
  'err',
]);

/** Turns each JSON line into one for people; a line that is no JSON object passes unchanged. */
export function prettyStream(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(`${prettyLine(line.trimEnd())}\n`) };
}

/** `12:00:00.000 WARN  orders  message  key=value`, then an error's stack on lines of its own. */
export function prettyLine(line: string): string {
  const entry = parseEntry(line);
  if (entry === undefined) return line;
  const time = textOf(entry['time']).slice(11, 23);
  const level = textOf(entry['level']).toUpperCase().padEnd(5);
  const fields = Object.entries(entry)
    .filter(([key]) => !SHOWN_APART.has(key))
    .map(([key, value]) => `${key}=${textOf(value)}`);
  const head = [`${time} ${level}`, textOf(entry['service']), textOf(entry['msg']), ...fields].filter(
    (part) => part !== '',
  );
  return `${head.join('  ')}${stackOf(entry['err'])}`;
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Not ours: a line that some library printed past the logger.
    return undefined;
  }
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const text = textOf(Reflect.get(error, 'stack') ?? Reflect.get(error, 'message'));
  return text === '' ? '' : `\n    ${text.replaceAll('\n', '\n    ')}`;
}
