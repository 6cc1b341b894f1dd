import { firstSentence } from './runbooks.js';

describe('the first sentence of a runbook', () => {
  it('ends where the sentence does, and not within a number or a line', () => {
    expect(firstSentence('# Lag\n\nMore than 1.44 % of requests\nfail. Nobody waits.\n\nMore.\n')).toBe(
      'More than 1.44 % of requests fail.',
    );
  });

  it('is all of a paragraph that has one', () => {
    expect(firstSentence('# Lag\n\nA group waits.\n\n## Do\n')).toBe('A group waits.');
  });
});
