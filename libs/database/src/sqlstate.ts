/**
 * SQLSTATEs (PostgreSQL appendix A) that say nothing about the message or request at hand: the same work may succeed
 * a moment later, so it is retried without limit and nothing is parked. Two characters name a whole class.
 *
 * The list is closed. A statement that fails with a state which is not on it makes its message a dead letter, whether the state is
 * known or not. For a state on the list the work may wait for ever, so the list has only what somebody can mend without touching
 * a message.
 */
const infrastructureStates: Readonly<Record<string, string>> = {
  '08': 'the connection broke, or the server refused it',
  '25006': 'read-only: a replica or a server in the middle of a failover',
  '25P03': 'idle_in_transaction_session_timeout: this process stood still',
  '25P04': 'transaction_timeout: this process or the server was too slow',
  '40001': 'serialization failure: another transaction was first',
  '40P01': 'deadlock: PostgreSQL chose this transaction as the victim',
  '53': 'out of a resource: disk, memory, connections',
  '55P03': 'lock_timeout or NOWAIT: another transaction holds the row',
  '57': 'the server is starting, stopping, or an operator cancelled or terminated the backend',
  '58030': "input or output of the server's own disk failed",
};

/** Codes of Node's sockets and resolver, and of this library, that mean the same. */
const infrastructureCodes: ReadonlyMap<unknown, string> = new Map([
  ['ECONNREFUSED', 'nothing listens: the server is down or starting'],
  ['ECONNRESET', 'the peer dropped the connection'],
  ['EPIPE', 'written to a connection that is gone'],
  ['ETIMEDOUT', 'the peer does not answer'],
  ['EHOSTUNREACH', 'no route to the server'],
  ['ENETUNREACH', 'no route to the server'],
  ['ENOTFOUND', 'the name does not resolve (yet)'],
  ['EAI_AGAIN', 'the resolver does not answer'],
  ['DB-CONNECTION-LOST', 'the connection ended under an open transaction'],
  ['UOW-DEADLINE', 'too slow, like 25P04 but noticed by this process first'],
]);

/**
 * pg and pg-pool raise these without any code; the texts are those of pg 8.23 and pg-pool 3.14, whole: an error that merely
 * quotes one (out of a client's input, say) is none of them.
 */
const infrastructureTexts: ReadonlyMap<string, string> = new Map([
  ['Connection terminated', 'the connection was closed by this process'],
  ['Connection terminated unexpectedly', 'the server closed the connection'],
  ['Connection terminated due to connection timeout', 'the server was not up in time'],
  ['timeout exceeded when trying to connect', 'every connection of the pool is in use'],
  ['Client has encountered a connection error and is not queryable', 'the connection had broken before the statement'],
  ['Client was closed and is not queryable', 'the connection was closed before the statement'],
  ['Query read timeout', 'the server does not answer'],
  ['Cannot use a pool after calling end on the pool', 'the process is shutting down'],
]);

/** Errors of opening a connection, whatever their code: no statement was sent, so no message can have caused one. */
const ofOpening = new WeakSet<object>();

/** Marks an error of opening a connection, and returns it. */
export function markOpening<E>(error: E): E {
  if (typeof error === 'object' && error !== null) ofOpening.add(error);
  return error;
}

/** Errors of a statement that was prepared before, and is not any more as it was. */
const ofStalePlans = new WeakSet<object>();

/**
 * For whoever runs prepared statements: marks the error and returns true when the server has another schema than when the
 * statement was prepared (0A000 of its plan cache), or has forgotten it (26000), or knows another one by its name (42P05).
 */
export function markStalePlan(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, routine } = error as { readonly code?: unknown; readonly routine?: unknown };
  const stale = code === '26000' || code === '42P05' || (code === '0A000' && routine === 'RevalidateCachedQuery');
  if (stale) ofStalePlans.add(error);
  return stale;
}

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** The SQLSTATE of a failed statement, wherever it stands in the chain of `cause` and TypeORM's `driverError`. */
export function sqlStateOf(error: unknown): string | undefined {
  for (const link of chainOf(error)) {
    // A socket's code can look like an SQLSTATE (EPIPE): only the server's errors carry a severity.
    if ('severity' in link && typeof link.code === 'string' && SQLSTATE.test(link.code)) return link.code;
  }
  return undefined;
}

/** Why this is the infrastructure's failure, not the message's; undefined when it is not. */
export function infrastructureReason(error: unknown): string | undefined {
  for (const link of chainOf(error)) {
    if (ofOpening.has(link)) return 'the connection could not be opened';
    if (ofStalePlans.has(link)) return 'a prepared statement is not any more what it was: it is prepared anew';
  }
  const state = sqlStateOf(error);
  if (state !== undefined) return infrastructureStates[state] ?? infrastructureStates[state.slice(0, 2)];
  for (const link of chainOf(error)) {
    const reason =
      link.code === undefined ? infrastructureTexts.get(link.message ?? '') : infrastructureCodes.get(link.code);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

export function isInfrastructureError(error: unknown): boolean {
  return infrastructureReason(error) !== undefined;
}

/**
 * True for 25P02: the transaction had failed before this statement, by somebody else's error. In a batch whose
 * handlers share one transaction it says nothing about the handler that got it.
 */
export function isAbortedTransaction(error: unknown): boolean {
  return sqlStateOf(error) === '25P02';
}

interface Link {
  readonly code?: unknown;
  readonly message?: string;
  readonly cause?: unknown;
  readonly driverError?: unknown;
  readonly errors?: unknown;
}

/** The error and what it wraps, each once. `errors` is what Node raises when several addresses refuse. */
function* chainOf(error: unknown, seen = new Set<unknown>()): Generator<Link> {
  if (typeof error !== 'object' || error === null || seen.has(error)) return;
  seen.add(error);
  const link: Link = error;
  yield link;
  yield* chainOf(link.driverError, seen);
  yield* chainOf(link.cause, seen);
  if (Array.isArray(link.errors)) for (const inner of link.errors) yield* chainOf(inner, seen);
}
