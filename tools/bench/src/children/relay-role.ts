import { KafkaJsBroker, Relay } from '@dozen/messaging';
import { openDataSource, quietLogger } from '../sandbox.js';
import { playRole } from './role.js';

/** One relay process, as `PROCESS_TYPES=relay` runs it. */
await playRole<{ databaseUrl: string; kafkaUrl: string }>(async ({ databaseUrl, kafkaUrl }, cue) => {
  const logger = quietLogger();
  const dataSource = openDataSource(databaseUrl, 10);
  await dataSource.initialize();
  const broker = new KafkaJsBroker({ url: kafkaUrl, clientId: 'bench-relay', logger });
  const relay = new Relay({ broker, dataSource, logger });
  relay.start();
  cue.ready();
  await cue.stop;
  await relay.stop();
  await broker.close();
  await dataSource.destroy();
  return process.cpuUsage();
});
