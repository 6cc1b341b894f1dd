import * as contracts from '@dozen/contracts';
import { contractsIn, type MessageContract, readVersion } from '@dozen/kernel';
import fc from 'fast-check';
import { z } from 'zod';

/** Every message type that there is, by its CloudEvents type. */
export const CONTRACTS: ReadonlyMap<string, MessageContract> = new Map(
  contractsIn(contracts).map((contract) => [contract.type, contract]),
);

/** The part of JSON Schema that the contracts use. */
interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
}

const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Payloads that a contract allows, of few and short parts. */
export function instancesOf({ schema }: MessageContract): fc.Arbitrary<unknown> {
  return written(z.toJSONSchema(schema as z.ZodType, { io: 'input', unrepresentable: 'any' }) as JsonSchema);
}

function written(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => [name, written(field)] as const);
      return fc.record(Object.fromEntries(fields), { requiredKeys: [...(schema.required ?? [])] });
    }
    case 'array':
      return fc.array(written(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(1, schema.minItems ?? 0),
      });
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1_000, 1_000) });
    case 'boolean':
      return fc.boolean();
    default:
      return texts(schema);
  }
}

/** Texts by example. Which texts pass is what the oddities try. */
function texts({ pattern, format, minLength = 0 }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'email') return fc.constant('ada@example.org');
  const examples = [UUID, 'EUR', 'MUG-BLUE', 'en', 'ada@example.org', '2026-01-01T00:00:00.000Z'];
  const fitting = examples.filter((text) => pattern !== undefined && new RegExp(pattern).test(text));
  return fitting.length > 0 ? fc.constantFrom(...fitting) : fc.constant('a'.repeat(Math.max(1, minLength)));
}

/** What no field of any contract is. */
const NONSENSE: readonly unknown[] = [null, [], {}, [null], { a: 1 }, -1.5, '\0', '\ud800', true, 1e308];

/** A payload with one part that its contract does not allow. */
export function brokenInstancesOf(contract: MessageContract): fc.Arbitrary<unknown> {
  return fc
    .tuple(instancesOf(contract), fc.nat({ max: 1_000 }), fc.constantFrom<unknown>(undefined, ...NONSENSE))
    .map(([instance, at, nonsense]) => {
      const paths = leavesOf(instance);
      const path = paths[at % paths.length] ?? [];
      const broken = replaced(instance, path, nonsense);
      return readVersion(contract, contract.type, broken).issues === undefined ? [] : broken;
    });
}

/** Paths to everything in it, itself left out. */
function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  const inside = Object.entries(value).flatMap(([name, part]) => leavesOf(part, [...path, name]));
  return path.length === 0 ? inside : [[...path], ...inside];
}

function replaced(value: unknown, [first, ...rest]: readonly string[], by: unknown): unknown {
  if (first === undefined) return by;
  if (Array.isArray(value))
    return value.map((part: unknown, at) => (String(at) === first ? replaced(part, rest, by) : part));
  return { ...(value as object), [first]: replaced((value as Record<string, unknown>)[first], rest, by) };
}
