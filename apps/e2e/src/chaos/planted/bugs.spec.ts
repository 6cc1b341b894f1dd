import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '@dozen/demo';
import { PLANTED_BUGS } from './bugs.js';
import { planted } from './workspace-copy.js';

describe('the bugs that the rig must find', () => {
  it.each(PLANTED_BUGS)('fit what is built: $name', async (bug) => {
    const built = await readFile(join(ROOT, bug.file), 'utf8');
    expect(planted(built, bug)).not.toBe(built);
  });

  it('are told from code that they were not written for', () => {
    const [bug] = PLANTED_BUGS;
    expect(() => bug && planted('something else', bug)).toThrow(/has 0 times/);
  });
});
