import { jest } from '@jest/globals';
import { Command } from 'commander';
import { z } from 'zod';
import { defineCommand, type ServiceDefinition } from '../define-service.js';
import { noteOptions } from './note-options.js';
import { addOwn } from './own.js';
import type { CommandContext } from './command-context.js';

const units = z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).describe('how many');

describe('an admin process of a service', () => {
  let given: unknown;
  let printed: string;

  beforeEach(() => {
    given = undefined;
    printed = '';
    const print = (chunk: string | Uint8Array): boolean => ((printed += String(chunk)), true);
    jest.spyOn(process.stdout, 'write').mockImplementation(print);
    jest.spyOn(process.stderr, 'write').mockImplementation(print);
  });
  afterEach(() => jest.restoreAllMocks());

  const restock = defineCommand({
    name: 'catalogue restock',
    description: 'more of it',
    arguments: { sku: z.string().describe('what'), units },
    options: noteOptions,
    run: (_context, values) => {
      given = values;
      return Promise.resolve({ text: 'done', json: { done: true } });
    },
  });
  const rebuild = defineCommand({
    name: 'catalogue rebuild',
    description: 'again',
    run: (_context, values) => {
      given = values;
      return Promise.resolve({ text: 'rebuilt', json: {} });
    },
  });

  async function type(...args: string[]): Promise<void> {
    const program = new Command('thing').exitOverride();
    const context = { backing: {} } as CommandContext;
    addOwn(program, { commands: [restock, rebuild] } as unknown as ServiceDefinition, async (action) => {
      await action(context);
    });
    await program.parseAsync(args, { from: 'user' });
  }

  it('gets its arguments and options as the values of their schemas', async () => {
    await type('catalogue', 'restock', 'MUG', '12', '--by', ' ada ', '--why', 'a delivery');
    expect(given).toEqual({ sku: 'MUG', units: 12, by: 'ada', why: 'a delivery' });
    expect(printed).toBe('done\n');
  });

  it('may have none, and shares its first word with others', async () => {
    await type('catalogue', 'rebuild', '--json');
    expect(given).toEqual({});
    expect(printed).toBe('{}\n');
  });

  it.each([
    ['a value that its schema refuses', ['MUG', 'many', '--by', 'ada', '--why', 'so'], /must be a whole number/],
    ['an argument too few', ['MUG', '--by', 'ada', '--why', 'so'], /missing required argument 'units'/],
    ['nobody who decides', ['MUG', '1', '--why', 'so'], /'--by <text>' not specified/],
    ['no reason', ['MUG', '1', '--by', 'ada', '--why', ' '], /'--why <text>' argument ' ' is invalid/],
  ])('is not run with %s', async (_case, args, complaint) => {
    await expect(type('catalogue', 'restock', ...args)).rejects.toMatchObject({ exitCode: 1 });
    expect(printed).toMatch(complaint);
    expect(given).toBeUndefined();
  });
});
