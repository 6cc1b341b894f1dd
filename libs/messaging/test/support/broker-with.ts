import type { BrokerPort, BrokerProducer, OutgoingRecord } from '../../src/index.js';

type Send = BrokerProducer['send'];

/** The real broker, with another way to get a part of it. The real one stays open. */
export function brokerWith(
  broker: BrokerPort,
  other: Partial<Pick<BrokerPort, 'producer' | 'consumer' | 'ensureTopics'>>,
): BrokerPort {
  return {
    producer: (options) => broker.producer(options),
    consumer: (options) => broker.consumer(options),
    ensureTopics: (topics) => broker.ensureTopics(topics),
    partitionCounts: (topics) => broker.partitionCounts(topics),
    ping: () => broker.ping(),
    close: () => Promise.resolve(),
    ...other,
  };
}

/** The real broker, with another way to send: `send` gets the real one of its own producer session. */
export function brokerSending(broker: BrokerPort, session: () => (send: Send) => Send): BrokerPort {
  return brokerWith(broker, {
    producer: async (options) => {
      const producer = await broker.producer(options);
      const wrapped = session()((records, sendOptions) => producer.send(records, sendOptions));
      return { send: wrapped, close: () => producer.close() };
    },
  });
}

/** Notes the records of every send, then waits for `first`. */
export function recording(
  sent: (readonly OutgoingRecord[])[],
  first: () => Promise<unknown> = () => Promise.resolve(),
): () => (send: Send) => Send {
  return () => (send) => async (records, options) => {
    sent.push(records);
    await first();
    await send(records, options);
  };
}

/**
 * Sessions as kafkajs has them: after a rejected send a session acknowledges everything and stores nothing. `reject` says
 * whether a send of a good session is rejected.
 */
export function spoilable(reject: () => boolean): () => (send: Send) => Send {
  return () => {
    let spoilt = false;
    return (send) => async (records, options) => {
      if (spoilt) return;
      if (reject()) {
        spoilt = true;
        throw new Error('rejected');
      }
      await send(records, options);
    };
  };
}
