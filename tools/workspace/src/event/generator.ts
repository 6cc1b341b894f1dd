import { formatFiles, type Tree } from '@nx/devkit';
import { addEvent, topicOf } from '../edits/contracts.js';
import { check } from '../edits/names.js';
import { checkService, edit, textOf } from '../edits/services.js';
import { withImport, withListed } from '../edits/source.js';

export interface EventOptions {
  readonly service: string;
  readonly name: string;
  readonly about?: string;
}

/** `npx nx g @dozen/workspace:event parcels ParcelShipped`. See docs/generators.md. */
export default async function eventGenerator(tree: Tree, options: EventOptions): Promise<void> {
  const { service, name, about = 'Of an order: say here what is so from then on.' } = options;
  checkService(tree, service);
  check(
    /^[A-Z][a-z0-9]+([A-Z][a-z0-9]+)+$/.test(name),
    `"${name}" is no name of an event: what it is about and what has happened, in capitals (ParcelShipped)`,
  );
  const known = `dozen.${name}.v1`;
  check(!textOf(tree, 'docs/asyncapi.json').includes(`"${known}"`), `${known} is there already: docs/events.md`);
  addEvent(tree, service, { name, about });
  publish(tree, service);
  await formatFiles(tree);
}

/** Makes sure that `migrate` of the service makes the topic. */
function publish(tree: Tree, service: string): void {
  const file = `apps/${service}/src/service.ts`;
  const topic = topicOf(service);
  if (textOf(tree, file).includes(topic)) return;
  edit(
    tree,
    file,
    (text) => withImport(text, topic, '@dozen/contracts'),
    (text) => withListed(text, { list: 'topics', element: topic }, 'defineService'),
  );
}
