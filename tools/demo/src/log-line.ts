/** The fields that the launcher reads of a log line. They are those of @dozen/telemetry. */
export interface LogLine {
  readonly level: string;
  readonly text: string;
}

const SERIOUS = new Set(['warn', 'error', 'fatal']);

/** A log line for people: time, level, message, code, order. Anything that is not JSON stays as it is. */
export function readLogLine(line: string): LogLine {
  const fields = parseFields(line);
  if (fields === undefined) return { level: 'info', text: line };
  const level = textOf(fields['level']) ?? 'info';
  const error = isRecord(fields['err']) ? fields['err'] : {};
  const code = textOf(error['code']) ?? textOf(fields['code']);
  const parts = [
    textOf(fields['time'])?.slice(11, 19),
    level.toUpperCase(),
    textOf(fields['msg']),
    textOf(error['message']) === undefined ? undefined : `– ${textOf(error['message'])}`,
    code === undefined ? undefined : `(${code})`,
    fields['order_id'] === undefined ? undefined : `order ${textOf(fields['order_id'])}`,
  ];
  return { level, text: parts.filter((part) => part !== undefined).join(' ') };
}

export function isSerious(line: LogLine): boolean {
  return SERIOUS.has(line.level);
}

/** The value of a one-line JSON message such as `{"msg":"listening","url":"…"}`. */
export function parseFields(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    // Half a line, or text that only looks like JSON: shown as it is.
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
