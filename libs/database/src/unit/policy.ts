/** How long a unit may take. Milliseconds. */
export interface UnitPolicy {
  /** From the first statement to the end of COMMIT; then the connection is destroyed. */
  readonly deadlineMs: number;
  /** How long a statement waits for another transaction's lock (55P03 after it). */
  readonly lockTimeoutMs: number;
  /** How long the transaction may stand without a statement (25P03 after it). */
  readonly idleInTransactionMs: number;
}

/*
 * | value               | reason                                                                                       |
 * | deadlineMs          | no remote call happens inside a unit, so ten seconds are already an incident                  |
 * | lockTimeoutMs       | an equal request in flight answers 409 after it; longer would pin the pool to one hot row     |
 * | idleInTransactionMs | a frozen process must let go of its rows before its partition's next owner gives up on them   |
 */
export const defaultUnitPolicy: UnitPolicy = {
  deadlineMs: 10_000,
  lockTimeoutMs: 2_000,
  idleInTransactionMs: 5_000,
};

/**
 * The server's own limit (`transaction_timeout`) is the unit's deadline plus this. The process closes the unit first
 * and knows why; the server's limit is for a process that is frozen or gone.
 */
export const serverGraceMs = 1_000;
