import { DozenError } from '@dozen/kernel';
import { messagingError } from '../../errors.js';
import { messagingPolicy } from '../../policy.js';
import { retryInMs } from './schedule.js';

describe('a message that failed', () => {
  const error = new DozenError('TST-BAD', 'no');

  it('is tried again after each pause of the policy, and then no more', () => {
    const delays = messagingPolicy.retryDelaysMs;
    expect(delays.map((_, n) => retryInMs(error, n + 1))).toEqual([...delays]);
    expect(retryInMs(error, delays.length + 1)).toBeNull();
  });

  it('is not tried again when the domain says that its error is permanent', () => {
    expect(retryInMs(new DozenError('TST-BAD', 'no', { permanent: true }), 1)).toBeNull();
  });

  it.each(['MSG-HEADERS', 'MSG-ID', 'MSG-KEY', 'MSG-JSON', 'MSG-SCHEMA', 'MSG-UNKNOWN-TYPE', 'MSG-CRASH'] as const)(
    'is not tried again for %s: the same bytes get the same answer',
    (code) => {
      expect(retryInMs(messagingError(code, 'no'), 1)).toBeNull();
    },
  );
});
