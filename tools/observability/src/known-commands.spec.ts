import { commandLinesIn } from './command-lines.js';
import { wrongIn } from './known-commands.js';

const KNOWN = [
  { name: 'migrate', arguments: [], options: {} },
  { name: 'dead-letters fix', arguments: ['id'], options: { '--json': false, '--by': true } },
];

function faultOf(words: string): string | undefined {
  const [line] = commandLinesIn(`node apps/orders/dist/main.js ${words}`);
  if (line === undefined) throw new Error('that is no command line');
  return wrongIn(line, KNOWN);
}

describe('a command line of a document', () => {
  it.each(['migrate', 'dead-letters fix <id>', 'dead-letters fix --by <you> <id> --json'])('is right: %s', (words) => {
    expect(faultOf(words)).toBeUndefined();
  });

  it.each([
    ['migrat', 'no such command'],
    ['dead-letters', 'no such command'],
    ['dead-letters mend <id>', 'no such command'],
    ['migrate <id>', 'migrate takes 0 arguments'],
    ['dead-letters fix', 'dead-letters fix takes 1 arguments'],
    ['dead-letters fix <id> --who <you>', 'dead-letters fix has no --who'],
  ])('is wrong: %s', (words, fault) => {
    expect(faultOf(words)).toBe(`${fault}: node apps/orders/dist/main.js ${words}`);
  });
});
