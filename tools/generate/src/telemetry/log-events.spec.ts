import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLogEvents } from './log-events.js';

describe('log lines of the sources', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'dozen-logs-'));
    await mkdir(join(root, 'libs/shop/src'), { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true }));

  async function eventsOf(code: string) {
    await writeFile(join(root, 'libs/shop/src/shop.ts'), code);
    const events = await readLogEvents(root, ['libs/shop']);
    return events.map(({ level, message, fields }) => [level, message, ...fields]);
  }

  it.each([
    [`logger.info('open');`, [['info', 'open']]],
    [`this.#options.logger.warn({ err: error, shelf }, 'empty');`, [['warn', 'empty', 'err', 'shelf']]],
    ['this.logger.error({ a }, `closed: ${why}!`);', [['error', 'closed: …!', 'a']]],
    [
      `this.#logger[last ? 'error' : 'warn']({ a }, 'late');`,
      [
        ['error', 'late', 'a'],
        ['warn', 'late', 'a'],
      ],
    ],
    [`logger[level](fields, text(message));`, [['any', '…', '…fields']]],
    [`const facts = { a, b }; logger.info({ ...facts, c }, 'x');`, [['info', 'x', 'a', 'b', 'c']]],
    [`function facts() { return { a }; } logger.info(facts(), 'x');`, [['info', 'x', 'a']]],
    [`this.fields = { a }; logger.info({ ...held.fields }, 'x');`, [['info', 'x', 'a']]],
    [`logger.info({ ...(some ? { a } : { b }) }, 'x');`, [['info', 'x', 'a', 'b']]],
    [`console.info('x'); progress.info('y'); logger.child({});`, []],
  ])('%s', async (code, events) => {
    expect(await eventsOf(code)).toEqual(events);
  });

  it('are listed once, sorted, and not those of tests', async () => {
    await writeFile(join(root, 'libs/shop/src/shop.spec.ts'), `logger.info('test');`);
    expect(await eventsOf(`logger.warn('b'); logger.warn('a'); logger.warn('b');`)).toEqual([
      ['warn', 'a'],
      ['warn', 'b'],
    ]);
  });
});
