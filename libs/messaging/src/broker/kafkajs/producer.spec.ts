import { jest } from '@jest/globals';
import type { Producer } from 'kafkajs';
import { messagingPolicy } from '../../policy.js';
import { KafkaJsProducer } from './producer.js';

describe('closing a producer', () => {
  it('ends although the client waits for ever for a request that it has lost', async () => {
    jest.useFakeTimers();
    try {
      const disconnect = jest.fn(() => new Promise<void>(() => undefined));
      const closed = new KafkaJsProducer({ disconnect } as unknown as Producer, '').close();
      await jest.advanceTimersByTimeAsync(messagingPolicy.closeMs);
      await closed;
      expect(disconnect).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
    }
  });
});
