import { isSerious, readLogLine } from './log-line.js';

describe('readLogLine', () => {
  it('shows time, level, message, what failed, its code and the order', () => {
    const line = JSON.stringify({
      time: '2026-01-02T03:04:05.678Z',
      level: 'warn',
      service: 'notifier',
      msg: 'mail deferred',
      err: { message: 'connection refused', code: 'NTF-SMTP-UNAVAILABLE' },
      order_id: 'o-1',
    });
    expect(readLogLine(line)).toEqual({
      level: 'warn',
      text: '03:04:05 WARN mail deferred – connection refused (NTF-SMTP-UNAVAILABLE) order o-1',
    });
  });

  it.each(['plain words', '{"half": ', '[1]', '{ not json }'])('leaves %j as it is', (line) => {
    expect(readLogLine(line)).toEqual({ level: 'info', text: line });
  });

  it.each([
    ['info', false],
    ['warn', true],
    ['error', true],
    ['fatal', true],
  ])('%s serious: %s', (level, serious) => {
    expect(isSerious(readLogLine(JSON.stringify({ level, msg: 'm' })))).toBe(serious);
  });
});
