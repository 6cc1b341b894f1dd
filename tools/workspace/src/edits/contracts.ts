import type { Tree } from '@nx/devkit';
import { edit, textOf } from './services.js';
import { withImport, withListed } from './source.js';
import { writeTemplate } from './templates.js';

const SOURCES = 'libs/contracts/src';
const TOPICS = `${SOURCES}/topics.ts`;
const INDEX = `${SOURCES}/index.ts`;

/** The constant of the topic that a service writes its events to. */
export function topicOf(service: string): string {
  return `${service}Events`;
}

/** Makes sure of a service's topic of events, and adds the contract of an event to it: about an order, keyed by its id. */
export function addEvent(tree: Tree, service: string, event: { readonly name: string; readonly about: string }): void {
  addTopic(tree, service);
  const file = `${SOURCES}/${service}/events.ts`;
  if (tree.exists(file)) {
    if (textOf(tree, file).includes(`const ${event.name} =`)) throw new Error(`${file} has ${event.name} already`);
    edit(
      tree,
      file,
      (text) => withImport(text, 'aggregateVersion', '../values.js'),
      (text) => withImport(text, 'orderId', '../values.js'),
      (text) => withImport(text, topicOf(service), '../topics.js'),
    );
  } else {
    writeTemplate(tree, 'event', `${SOURCES}/${service}`, { topic: topicOf(service) });
    edit(tree, INDEX, (text) => withExport(text, `export * from './${service}/events.js';`));
  }
  edit(tree, file, (text) => `${text.trimEnd()}\n\n${contractOf(event, topicOf(service))}`);
}

function addTopic(tree: Tree, service: string): void {
  const topic = topicOf(service);
  if (textOf(tree, TOPICS).includes(`const ${topic} =`)) return;
  const declaration = `export const ${topic} = eventTopic('${service}.events');`;
  edit(
    tree,
    TOPICS,
    (text) => text.replace(/\n(?=\nexport const topics)/, `\n${declaration}\n`),
    (text) => withListed(text, { list: 'topics', element: topic }, 'topics'),
  );
}

/** Among the other lines, by the alphabet. */
function withExport(text: string, line: string): string {
  return `${[...text.trimEnd().split('\n'), line].sort().join('\n')}\n`;
}

function contractOf({ name, about }: { readonly name: string; readonly about: string }, topic: string): string {
  return `/** ${about} */
export const ${name} = defineMessage({
  name: '${name}',
  version: 1,
  topic: ${topic},
  schema: z.object({ orderId, aggregateVersion }),
  key: (event) => event.orderId,
});
export type ${name} = PayloadOf<typeof ${name}>;
`;
}
