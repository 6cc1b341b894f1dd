/**
 * What every session is like, whatever ALTER ROLE … SET, ALTER DATABASE … SET or postgresql.conf say: the code counts on it,
 * and a value from elsewhere would be noticed by a wrong result, not by an error. Names to the text that SHOW answers.
 *
 * | setting | what another value does |
 * |---|---|
 * | search_path | the tables are not found, or others of the same name are |
 * | TimeZone, DateStyle, IntervalStyle | moments are read and cut into days differently; the driver reads ISO alone |
 * | bytea_output, standard_conforming_strings, array_nulls | bytes, backslashes and nulls in arrays become others on their way |
 * | default_transaction_isolation | the inbox counts on each statement seeing what was committed before it |
 * | synchronous_commit | what was acknowledged is lost when the server crashes |
 * | statement_timeout, lock_timeout, transaction_timeout, idle_* | a unit and a migration have limits of their own, and an idle connection waits |
 *
 * Left to the server, on purpose: `default_transaction_read_only` (how an operator or a provider stops all writing; readiness
 * says so), `role` (whose objects a login of a secret store makes), `session_replication_role` (a superuser's), and what
 * changes no result: planner, jit, memory, messages. client_encoding the driver sends itself.
 */
export const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  search_path: 'public',
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  default_transaction_isolation: 'read committed',
  synchronous_commit: 'on',
  statement_timeout: '0',
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
};

/*
 * Five seconds idle and two probes two seconds apart: PostgreSQL notices in 9 s that a machine is gone, and lets go of its
 * locks. client_connection_check_interval does the same within a second for a closed socket while a statement runs
 * (PostgreSQL would notice only when it answers).
 */
const NOTICE_A_LOST_CLIENT = {
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '2',
  tcp_keepalives_count: '2',
  client_connection_check_interval: '1000',
};

/**
 * For the `options` of every connection that a service opens: sent with it, they stand above what roles and databases set,
 * at no round trip. A pooler that refuses start-up options needs `ignore_startup_parameters = options`, and then the
 * same values from elsewhere; readiness names those that are not in force (`DatabaseProbe`).
 */
export const sessionOptions = optionsOf(SESSION_SETTINGS);

/**
 * The same for a pool whose transactions may be forgotten when the server crashes: its COMMIT does not wait for the disk. What
 * another session has flushed since is never kept without them, since the log has them in order.
 */
export const notFlushedOptions = optionsOf({ ...SESSION_SETTINGS, synchronous_commit: 'off' });

/**
 * Selected by a statement that is a transaction of its own, this makes its COMMIT return before the transaction is on the disk.
 * A crash of the server may lose the last such transactions (less than a second of them), and nothing else.
 */
export const NOT_FLUSHED = "set_config('synchronous_commit', 'off', true)";

function optionsOf(settings: Readonly<Record<string, string>>): string {
  return (
    Object.entries({ ...NOTICE_A_LOST_CLIENT, ...settings })
      // A space in a value would begin the next option.
      .map(([name, value]) => `-c ${name}=${value.replaceAll(' ', '\\ ')}`)
      .join(' ')
  );
}
