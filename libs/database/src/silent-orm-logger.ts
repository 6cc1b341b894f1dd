import type { Logger } from 'typeorm';

/**
 * TypeORM prints failing migrations to the console whatever `logging` says; a service's stdout is JSON lines alone.
 * Nothing is lost: what failed is thrown, and the caller logs it.
 */
export class SilentOrmLogger implements Logger {
  logQuery(): void {}
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
