import { bareCommandsIn, commandLinesIn, strangeLinesIn } from './command-lines.js';

describe('the command lines of a document', () => {
  it('are taken apart as a shell does, placeholders whole', () => {
    const text = [
      'Run `node apps/orders/dist/main.js migrate`, then',
      '`node apps/<service>/dist/main.js dead-letters fix <id> --by <you> --why <the reason> < corrected.json`.',
      "docker compose exec -T billing node apps/billing/dist/main.js dead-letters discard outbox:<number> --by ada --why 'paid by hand' | cat",
      'node --import @dozen/service/register apps/<service>/dist/main.js',
    ].join('\n');
    expect(commandLinesIn(text).map(({ service, words }) => [service, ...words])).toEqual([
      ['orders', 'migrate'],
      ['<service>', 'dead-letters', 'fix', '<id>', '--by', '<you>', '--why', '<the reason>'],
      ['billing', 'dead-letters', 'discard', 'outbox:<number>', '--by', 'ada', '--why', 'paid by hand'],
    ]);
    expect(strangeLinesIn(text)).toEqual([]);
  });

  it.each([
    'node dist/main.js migrate',
    '/nodejs/bin/node service/dist/main.js migrate',
    '/app/apps/orders/dist/main.js migrate',
  ])('are not like %s', (text) => {
    expect(commandLinesIn(text)).toEqual([]);
    expect(strangeLinesIn(`Then ${text}.`)).toHaveLength(1);
  });

  it('are whole in a runbook', () => {
    expect(bareCommandsIn('`dead-letters list`, `offsets set t 0 earliest`, `config`')).toEqual([
      '`dead-letters list`',
      '`offsets set t 0 earliest`',
    ]);
  });

  it('leaves other programs alone', () => {
    expect(strangeLinesIn('node libs/backing/dist/main.js --fresh; `offsets.ts`')).toEqual([]);
  });
});
