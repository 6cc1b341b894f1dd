import { jest } from '@jest/globals';
import { EventStream } from './event-stream.js';

describe('the end of an event stream', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const open = () => new EventStream({ orderId: '01890a5d-ac96-774b-bcce-b302099a8057', after: 0 });

  it.each(['end', 'expire'] as const)('cuts a client that does not read it (%s)', async (how) => {
    const stream = open();
    const closed = jest.fn();
    stream.once('close', closed);
    stream[how]('AUTH-TOKEN', 'the token has ended');
    await jest.advanceTimersByTimeAsync(4_999);
    expect(closed).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(closed).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('leaves a client alone that has read it', async () => {
    const stream = open();
    const failed = jest.fn();
    stream.once('error', failed);
    const chunks: string[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
    const ended = new Promise((done) => stream.once('close', done));
    stream.end();
    await ended;
    expect(chunks.join('').match(/^retry: \d{4}$/gm)).toHaveLength(2);
    expect(jest.getTimerCount()).toBe(0);
    expect(failed).not.toHaveBeenCalled();
  });
});
