/** What the global set-up of a component run leaves for its test files. */
export const TEST_ENVIRONMENT = {
  /** A PostgreSQL role that may create databases. */
  postgres: 'DOZEN_TEST_POSTGRES_URL',
  /** `kafka://…` */
  kafka: 'DOZEN_TEST_KAFKA_URL',
  /** Names this run; its databases begin with it, so that the tear-down finds those that a test left behind. */
  run: 'DOZEN_TEST_RUN',
} as const;

export function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: the global set-up has not run`);
  return value;
}
