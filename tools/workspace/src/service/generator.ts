import { formatFiles, type GeneratorCallback, logger, type Tree, writeJson } from '@nx/devkit';
import { addEvent } from '../edits/contracts.js';
import { linkLater } from '../edits/installed.js';
import { lockProject } from '../edits/lock.js';
import { edit, MANIFEST } from '../edits/services.js';
import { writeTemplate } from '../edits/templates.js';
import { manifestOf } from './package.js';
import { type ServiceOptions, valuesOf, withEntry } from './values.js';

/** `npx nx g @dozen/workspace:service parcels`. See docs/generators.md. */
export default async function serviceGenerator(tree: Tree, options: ServiceOptions): Promise<GeneratorCallback> {
  const values = valuesOf(tree, options);
  const { service, aggregate, Aggregate } = values;
  const folder = `apps/${service}`;
  const manifest = manifestOf(tree, values);
  const link = await linkLater({ name: manifest.name, folder });
  writeTemplate(tree, 'service', folder, values);
  writeJson(tree, `${folder}/package.json`, manifest);
  addEvent(tree, service, {
    name: `${Aggregate}Opened`,
    about: `An order is confirmed, and has a ${aggregate} that is still to be completed.`,
  });
  edit(tree, MANIFEST, (text) => withEntry(text, values));
  lockProject(tree, folder, manifest);
  await formatFiles(tree);
  return () => {
    link();
    logger.info(
      [
        '',
        `${folder} is a service. What follows from the manifest and from its code is not written yet:`,
        '  npm run build && npm run generate',
        'Then npm start runs it with the others. What to make of it: docs/generators.md.',
      ].join('\n'),
    );
  };
}
