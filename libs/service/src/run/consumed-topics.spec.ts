import { compareTopics } from './consumed-topics.js';

describe('the topics that a service consumes', () => {
  it('are those that its handlers read, in any order', () => {
    expect(() => {
      compareTopics(['a', 'b'], ['b', 'a']);
      compareTopics([], []);
    }).not.toThrow();
  });

  it.each([
    [['a'], ['a', 'b', 'c'], 'add to defineService({ consumes }): b, c'],
    [['a', 'b'], ['a'], 'no @Handles method reads: b'],
    [['a'], ['b'], 'add to defineService({ consumes }): b; no @Handles method reads: a'],
  ])('are refused where they differ: %j against %j', (declared, handled, message) => {
    expect(() => compareTopics(declared, handled)).toThrow(
      expect.objectContaining({ code: 'SERVICE-CONSUMES', message }) as Error,
    );
  });
});
