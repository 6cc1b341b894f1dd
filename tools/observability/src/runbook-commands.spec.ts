import { commandsIn } from './runbook-commands.js';

describe('the commands of a runbook', () => {
  it('are one word or two, without what is given to them', () => {
    const text =
      'Run `node dist/main.js migrate`, `node dist/main.js dead-letters fix <id> --by <you>` and `node dist/main.js offsets set t 1`.';
    expect(commandsIn(text)).toEqual(['migrate', 'dead-letters fix', 'offsets set']);
  });
});
