import { createHash } from 'node:crypto';
import type { Migration } from './read.js';
import { RULES } from './rules.js';
import { type Finding, squawkFindings } from './squawk.js';

/** Hashes of what every migration of the last release does, by service and name. */
export type ReleasedMigrations = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface MigrationHistory {
  readonly released: ReleasedMigrations;
  /** Versions of the releases that are out. */
  readonly releases: readonly string[];
}

/**
 * What the next deploy would break, one sentence each. During a deploy and after a rollback the last release's build runs on
 * this release's schema. So a migration expands, and what removes something waits for a release that does without it.
 */
export function migrationFaults(migrations: readonly Migration[], { released, releases }: MigrationHistory): string[] {
  const names = new Set(migrations.map(({ service, name }) => `${service}: ${name}`));
  const gone = Object.entries(released).flatMap(([service, known]) =>
    Object.keys(known)
      .map((name) => `${service}: ${name}`)
      .filter((name) => !names.has(name))
      .map((name) => `${name} is gone: databases of the last release have it, new ones would not`),
  );
  return [
    ...gone,
    ...migrations.flatMap((migration) => {
      const before = released[migration.service]?.[migration.name];
      // A new service begins with what the libraries have released; its database is empty meanwhile.
      if (before === undefined && isLibrarys(migration, released)) return [];
      if (before === undefined) return faultsOfNew(migration, releases);
      if (before === hashOf(migration)) return [];
      return [`${migration.service}: ${migration.name} is released: what it does cannot change, write a new one`];
    }),
  ];
}

/** Whether another service has released it. */
function isLibrarys(migration: Migration, released: ReleasedMigrations): boolean {
  return Object.values(released).some((known) => known[migration.name] === hashOf(migration));
}

/** The same for the same statements. */
export function hashOf({ statements }: Pick<Migration, 'statements'>): string {
  return createHash('sha256').update(JSON.stringify(statements)).digest('hex');
}

const WHEN_CONTRACTING = '(expand first; what goes must be unused since a release that is out, named by unusedSince)';
const WHEN_LOCKING = '(when the table is small or new, say so by lockedBecause)';

function faultsOfNew(migration: Migration, releases: readonly string[]): string[] {
  const { service, name, unusedSince, lockedBecause, transaction, statements } = migration;
  const sql = statements.map((statement) => `${statement};\n`).join('');
  const lines = sql.split('\n');
  const found = squawkFindings(sql, { transaction });
  const of = (kind: (typeof RULES)[string]): Finding[] => found.filter(({ rule }) => RULES[rule] === kind);
  const at = ({ rule, line, message }: Finding): string =>
    `${service}: ${name}: ${(lines[line] ?? '').trim()} [${rule}] ${message}`;
  const [contracting, locking] = [of('contracting'), of('locking')];
  return [
    ...of('never').map(at),
    ...(unusedSince === undefined ? contracting : []).map((finding) => `${at(finding)} ${WHEN_CONTRACTING}`),
    ...(lockedBecause === undefined ? locking : []).map((finding) => `${at(finding)} ${WHEN_LOCKING}`),
    ...(unusedSince === undefined || releases.includes(unusedSince)
      ? []
      : [`${service}: ${name}: release ${unusedSince} is not out: the last one still uses what goes`]),
  ];
}
