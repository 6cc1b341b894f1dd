import { planted } from '../../planted/workspace-copy.js';
import { transpiled } from '../../planted/transpiled.js';
import { PLANTED_BUGS } from './bugs.js';

describe('the bugs that the rig must find', () => {
  it.each(PLANTED_BUGS)('fit what is built: $name', (bug) => {
    const code = transpiled(bug.file);
    expect(planted(code, bug)).not.toBe(code);
  });

  it('are told from code that they were not written for', () => {
    const [bug] = PLANTED_BUGS;
    expect(() => bug && planted('something else', bug)).toThrow(/has 0 times/);
  });
});
