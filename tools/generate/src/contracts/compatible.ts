import type { JsonSchema } from './json-schema.js';

/**
 * Says why a reader might refuse what a writer may write, one sentence each, with the place. Empty when the reader's schema
 * allows whatever the writer's allows. Fields that the reader does not know are dropped by it.
 */
export function refusals(reader: JsonSchema, writer: JsonSchema, at = 'the payload'): string[] {
  if (reader.anyOf !== undefined || writer.anyOf !== undefined) return ofAlternatives(reader, writer, at);
  return [
    ...ofType(reader, writer, at),
    ...ofValues(reader, writer, at),
    ...ofLimits(reader, writer, at),
    ...ofFields(reader, writer, at),
    ...(reader.items === undefined || writer.items === undefined
      ? []
      : refusals(reader.items, writer.items, `${at}[]`)),
  ];
}

function ofAlternatives(reader: JsonSchema, writer: JsonSchema, at: string): string[] {
  const read = reader.anyOf ?? [reader];
  const written = writer.anyOf ?? [writer];
  return written.flatMap((branch) =>
    read.some((known) => refusals(known, branch, at).length === 0)
      ? []
      : [`${at} has an alternative that is not known`],
  );
}

function ofType(reader: JsonSchema, writer: JsonSchema, at: string): string[] {
  if (reader.type === undefined || reader.type === writer.type) return [];
  if (reader.type === 'number' && writer.type === 'integer') return [];
  return [`${at} is ${writer.type ?? 'of any type'} and not ${reader.type}`];
}

function ofValues(reader: JsonSchema, writer: JsonSchema, at: string): string[] {
  const known = valuesOf(reader);
  if (known === undefined) return [];
  const written = valuesOf(writer);
  if (written === undefined) return [`${at} may be other than ${known.map(String).join(', ')}`];
  return written.filter((value) => !known.includes(value)).map((value) => `${at} may be ${String(value)}`);
}

function valuesOf({ enum: values, const: only }: JsonSchema): readonly unknown[] | undefined {
  return values ?? (only === undefined ? undefined : [only]);
}

const LEAST = ['minimum', 'minLength', 'minItems'] as const;
const MOST = ['maximum', 'maxLength', 'maxItems'] as const;

function ofLimits(reader: JsonSchema, writer: JsonSchema, at: string): string[] {
  return [
    ...LEAST.filter((limit) => (reader[limit] ?? -Infinity) > (writer[limit] ?? -Infinity)),
    ...MOST.filter((limit) => (reader[limit] ?? Infinity) < (writer[limit] ?? Infinity)),
    ...(['pattern', 'format'] as const).filter((rule) => reader[rule] !== undefined && reader[rule] !== writer[rule]),
  ].map((rule) => `${at} may go beyond its ${rule} (${String(reader[rule])})`);
}

function ofFields(reader: JsonSchema, writer: JsonSchema, at: string): string[] {
  const sure = new Set(writer.required);
  const missing = (reader.required ?? []).filter((name) => !sure.has(name)).map((name) => `${at} may lack ${name}`);
  const wrong = Object.entries(reader.properties ?? {}).flatMap(([name, schema]) => {
    const written = writer.properties?.[name];
    return written === undefined ? [] : refusals(schema, written, name);
  });
  return [...missing, ...wrong];
}
