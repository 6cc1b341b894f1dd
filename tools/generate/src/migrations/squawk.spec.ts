import { findingsIn } from './squawk.js';

const FOUND = '[{ "rule_name": "ban-drop-column", "line": 2, "message": "no" }]';

describe('what Squawk says', () => {
  it.each([0, 1])('is what it found, when it ends with %i', (status) => {
    expect(findingsIn({ stdout: FOUND, stderr: '', status })).toEqual([
      { rule: 'ban-drop-column', line: 2, message: 'no' },
    ]);
  });

  it.each([
    ['was killed', { stdout: FOUND, stderr: '', status: null }],
    ['does not know an option', { stdout: FOUND, stderr: 'unknown option', status: 2 }],
    ['says nothing at all', { stdout: '', stderr: 'no binary', status: 1 }],
    ['is not there', { stdout: FOUND, stderr: '', status: 0, error: new Error('ENOENT') }],
  ])('is no finding but an error when it %s', (_how, run) => {
    expect(() => findingsIn(run)).toThrow('Squawk did not run');
  });
});
