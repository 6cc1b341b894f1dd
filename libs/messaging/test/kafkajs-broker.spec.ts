import { KafkaJsBroker } from '../src/index.js';
import { createLogger } from '@dozen/telemetry';
import { testKafkaUrl } from '@dozen/testing';
import { brokerConformance } from './broker-conformance.js';

const logger = createLogger({ service: 'test', release: 'test', level: 'fatal' });

const url = testKafkaUrl();

brokerConformance('kafkajs', url, () => new KafkaJsBroker({ url, clientId: 'conformance', logger }));
