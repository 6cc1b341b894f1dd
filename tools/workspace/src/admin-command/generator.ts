import { formatFiles, type Tree } from '@nx/devkit';
import { check, namesOf } from '../edits/names.js';
import { checkService, edit, MANIFEST, textOf } from '../edits/services.js';
import { withImport, withListed } from '../edits/source.js';
import { writeTemplate } from '../edits/templates.js';

export interface AdminCommandOptions {
  readonly service: string;
  readonly name: string;
}

/** First words that the command line of every service has: libs/service. */
const EVERYBODYS = ['migrate', 'seed', 'config', 'commands', 'dead-letters', 'offsets', 'outbox', 'help'];

/** `npx nx g @dozen/workspace:admin-command parcels "parcels count"`. See docs/generators.md. */
export default async function adminCommandGenerator(tree: Tree, { service, name }: AdminCommandOptions): Promise<void> {
  checkService(tree, service);
  check(
    /^[a-z][a-z-]*( [a-z][a-z-]*)?$/.test(name),
    `"${name}" is no name of a command: one word or two, in small letters ("parcels count")`,
  );
  const [first = ''] = name.split(' ');
  check(!EVERYBODYS.includes(first), `every service has a command ${first}: choose another word`);
  const { kebab, camel } = namesOf(name);
  const { [service]: entry } = JSON.parse(textOf(tree, MANIFEST)) as Record<string, { readonly table: string }>;
  const values = { name, service, kebab, command: `${camel}Command`, table: entry?.table ?? '' };
  writeTemplate(tree, 'admin-command', `apps/${service}/src/adapters/admin`, values);
  edit(
    tree,
    `apps/${service}/src/service.ts`,
    (text) => withImport(text, values.command, `./adapters/admin/${kebab}.js`),
    (text) => withListed(text, { list: 'commands', element: values.command }, 'defineService'),
  );
  await formatFiles(tree);
}
