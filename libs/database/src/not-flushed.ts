/**
 * Selected by a statement that is a transaction of its own, this makes its COMMIT return before the transaction is on the disk.
 * A crash of the server may lose the last such transactions (less than a second of them), and nothing else.
 */
export const NOT_FLUSHED = "set_config('synchronous_commit', 'off', true)";
