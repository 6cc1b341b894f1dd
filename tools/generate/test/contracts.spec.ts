import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readContracts } from '../src/contracts/read.js';

const CONTRACTS = `
  import { z } from 'zod';
  const topic = { name: 'orders.events', kind: 'event', partitions: 8, retentionMs: 1000, cleanup: 'delete' };
  export const topics = [topic];
  const message = { name: 'Placed', topic, kind: 'event', key: () => 'k' };
  const first = { ...message, version: 1, type: 'dozen.Placed.v1', schema: z.object({ id: z.string() }) };
  export const Placed = {
    ...message, version: 2, type: 'dozen.Placed.v2', schema: z.object({ id: z.string(), n: z.int() }),
    replaces: { contract: first, upcast: (old) => ({ ...old, n: 0 }) },
  };`;
const SERVICE = `
  import 'reflect-metadata';
  import { Placed } from '../../../libs/contracts/dist/index.js';
  class Controller { handle() {} }
  const extras = { 'dozen:handles': { contract: Placed } };
  Reflect.defineMetadata('microservices:pattern_extras', extras, Controller.prototype.handle);
  export class AppModule {}
  Reflect.defineMetadata('controllers', [Controller], AppModule);`;

describe('the contracts of a workspace', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'dozen-contracts-'));
    for (const folder of ['libs/contracts/dist', 'apps/shop/dist'])
      await mkdir(join(root, folder), { recursive: true });
    await symlink(resolve(import.meta.dirname, '../../../node_modules'), join(root, 'node_modules'));
    await writeFile(join(root, 'package.json'), '{ "type": "module" }');
    await writeFile(join(root, 'libs/contracts/dist/index.js'), CONTRACTS);
    await writeFile(join(root, 'apps/shop/dist/app.module.js'), SERVICE);
  });
  afterEach(() => rm(root, { recursive: true }));

  it('are every version of each message, read by whoever handles the newest one', async () => {
    const { messages } = await readContracts(root, ['shop']);
    expect(messages.map(({ type, consumers, replacedBy }) => ({ type, consumers, replacedBy }))).toEqual([
      { type: 'dozen.Placed.v1', consumers: ['shop'], replacedBy: 'dozen.Placed.v2' },
      { type: 'dozen.Placed.v2', consumers: ['shop'], replacedBy: undefined },
    ]);
  });
});
