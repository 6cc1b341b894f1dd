import { messageOf } from './errors.js';
import type { MessageContract, SchemaIssue } from './message.js';

/** A contract and the versions that it replaces, newest first: every one of them is still read. */
export function versionsOf(contract: MessageContract): MessageContract[] {
  return contract.replaces === undefined ? [contract] : [contract, ...versionsOf(contract.replaces.contract)];
}

/** Every message type among the exports of a module: a new one is among them by itself. */
export function contractsIn(module: object): MessageContract[] {
  return Object.values(module).filter(isContract);
}

function isContract(value: unknown): value is MessageContract {
  return typeof value === 'object' && value !== null && 'type' in value && 'topic' in value && 'schema' in value;
}

/** `refusedBy` is the written type when the writer is at fault, that of a newer version when the upcaster to it is. */
export type VersionRead<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[]; readonly refusedBy: string };

/**
 * A payload of any version of a message as the newest one: validated by the schema of the version that it was written in,
 * then lifted version by version and validated by each, so that an upcaster sees only what its old schema lets through.
 * Never throws, unless `type` is not that of one of `versionsOf(contract)`.
 */
export function readVersion<T>(contract: MessageContract<T>, type: string, payload: unknown): VersionRead<T> {
  if (type === contract.type) return validated(contract, payload);
  const { replaces } = contract;
  if (replaces === undefined) throw new TypeError(`${contract.type} replaces no ${type}`);
  const old = readVersion(replaces.contract, type, payload);
  if (old.issues !== undefined) return old;
  try {
    return validated(contract, replaces.upcast(old.value));
  } catch (error) {
    return { issues: [{ message: `its upcaster threw: ${messageOf(error)}` }], refusedBy: contract.type };
  }
}

function validated<T>({ schema, type }: MessageContract<T>, payload: unknown): VersionRead<T> {
  let result: ReturnType<(typeof schema)['~standard']['validate']>;
  try {
    result = schema['~standard'].validate(payload);
  } catch (error) {
    // A refinement or a transformation of the contract, say.
    return { issues: [{ message: `its schema threw: ${messageOf(error)}` }], refusedBy: type };
  }
  if (result instanceof Promise) {
    // Nobody will wait for it: its rejection must not end the process.
    result.catch(() => undefined);
    return { issues: [{ message: 'its schema validates asynchronously' }], refusedBy: type };
  }
  return result.issues === undefined ? result : { issues: result.issues, refusedBy: type };
}
