import { formatFiles, type Tree } from '@nx/devkit';
import { check, namesOf } from '../edits/names.js';
import { checkService, edit, textOf } from '../edits/services.js';
import { withImport, withListed } from '../edits/source.js';
import { writeTemplate } from '../edits/templates.js';

export interface MigrationOptions {
  readonly service: string;
  readonly name: string;
  readonly up?: string;
  readonly down?: string;
}

/** A statement that changes nothing. */
const NOTHING = 'SELECT 1';

/** `npx nx g @dozen/workspace:migration parcels add-weight`. See docs/generators.md. */
export default async function migrationGenerator(tree: Tree, options: MigrationOptions): Promise<void> {
  const { service, name, up = NOTHING, down = NOTHING } = options;
  checkService(tree, service);
  check(/^[a-z][a-z0-9-]{2,49}$/i.test(name), `"${name}" is no name of a migration: say what it does (add-weight)`);
  const file = `apps/${service}/src/service.ts`;
  const { kebab, pascal } = namesOf(name);
  check(
    !new RegExp(`\\b${pascal}\\d{13}\\b`).test(textOf(tree, file)),
    `${service} has a migration ${pascal} already, and what is released does not change: choose another name`,
  );
  const className = `${pascal}${timestampAfter(textOf(tree, file))}`;
  writeTemplate(tree, 'migration', `apps/${service}/src/adapters/postgres/migrations`, {
    kebab,
    className,
    up: literal(up),
    down: literal(down),
  });
  edit(
    tree,
    file,
    (text) => withImport(text, className, `./adapters/postgres/migrations/${kebab}.js`),
    (text) => withListed(text, { list: 'migrations', element: className }, 'defineService'),
  );
  await formatFiles(tree);
}

/** Now, or after the last of those that are listed: they run in the order of their times. */
function timestampAfter(service: string): number {
  const times = [...service.matchAll(/[A-Za-z](\d{13})\b/g)].map(([, time]) => Number(time));
  return Math.max(Date.now(), ...times.map((time) => time + 1));
}

/** A text of TypeScript, whatever is in it. */
function literal(sql: string): string {
  return `'${sql.trim().replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll(/\s+/g, ' ')}'`;
}
