import fc from 'fast-check';
import { madeRecord } from './record.js';
import { recordCases } from './record-case.js';

describe('a record that is made of a case', () => {
  // The oracle judges by the case: an oddity that is not in the record would be held against the system.
  it('has every header of which the case says something', () => {
    fc.assert(
      fc.property(recordCases, (one) => {
        const { headers } = madeRecord(one, 0).frame;
        for (const odd of one.oddities) {
          if (odd.of === 'header-text') expect(headers).toContainEqual([odd.name, odd.text]);
          if (odd.of !== 'header') continue;
          const values = headers.filter(([name]) => name === odd.name).map(([, value]) => value);
          const twice = odd.form === 'same-twice' || odd.form === 'other-twice';
          expect(values).toHaveLength(odd.form === 'missing' ? 0 : twice ? 2 : 1);
          if (odd.form === 'null') expect(values).toEqual([null]);
          if (odd.form === 'empty') expect(values).toEqual(['']);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
