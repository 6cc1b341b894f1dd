import { transpiled } from '../../planted/transpiled.js';
import { planted } from '../../planted/workspace-copy.js';
import { FUZZ_BUGS } from './bugs.js';

describe('the bugs that the fuzz must find', () => {
  it.each(FUZZ_BUGS)('fit what is built: $name', (bug) => {
    const code = transpiled(bug.file);
    expect(planted(code, bug)).not.toBe(code);
  });
});
