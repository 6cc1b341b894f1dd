import { withRegions } from './regions.js';

const FILE = 'a: 1\n# generated: one\nold\n# end: one\nb: 2\n  # generated: two\n  # end: two\n';

describe('withRegions', () => {
  it('changes what is between the marks, and nothing else', () => {
    expect(withRegions(FILE, { one: 'new: $1\n', two: '  more: 3\n' })).toBe(
      'a: 1\n# generated: one\nnew: $1\n# end: one\nb: 2\n  # generated: two\n  more: 3\n  # end: two\n',
    );
  });

  it('gives the same when it is done again', () => {
    const once = withRegions(FILE, { one: 'new\n' });
    expect(withRegions(once, { one: 'new\n' })).toBe(once);
  });

  it('finds its marks in Markdown, too', () => {
    const page = 'a\n\n<!-- generated: one -->\nold\n<!-- end: one -->\n';
    expect(withRegions(page, { one: 'new\n' })).toBe('a\n\n<!-- generated: one -->\nnew\n<!-- end: one -->\n');
  });

  it('says which place is missing', () => {
    expect(() => withRegions(FILE, { three: '' })).toThrow('there is no place for "three"');
  });
});
