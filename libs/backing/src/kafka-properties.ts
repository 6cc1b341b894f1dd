/** Ports of the one node that is broker and controller at once. */
export interface KafkaPorts {
  readonly kafkaPort: number;
  readonly controllerPort: number;
  readonly proxy?: KafkaProxy | undefined;
}

/** A proxy between the broker and some of its clients. */
export interface KafkaProxy {
  /** Where the broker listens for what comes through the proxy. */
  readonly targetPort: number;
  /** Where the proxy listens: clients that come through it are told this address, or they would go past it. */
  readonly advertisedPort: number;
}

export type KafkaConfig = Readonly<Record<string, string | number>>;

/**
 * What every Kafka of this workspace is told, however it is started: embedded, in Docker, by compose. Where it listens
 * and keeps its data depends on that.
 */
export const KAFKA_SETTINGS: KafkaConfig = {
  'process.roles': 'broker,controller',
  'node.id': 1,
  'controller.listener.names': 'CONTROLLER',
  'inter.broker.listener.name': 'PLAINTEXT',
  // A single node: every internal topic has one replica.
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'transaction.state.log.num.partitions': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'default.replication.factor': 1,
  'min.insync.replicas': 1,
  // Topics come from `migrate` alone, as in production.
  'auto.create.topics.enable': 'false',
  // The default of 3 s waits for more members of a group that has all of its members.
  'group.initial.rebalance.delay.ms': 0,
  // After SIGKILL the node's old session must lapse: 9 s by default make a restart take 11 s, these 2 s.
  'broker.session.timeout.ms': 1000,
  'broker.heartbeat.interval.ms': 200,
  // Small: one node, one machine, a few clients.
  'num.network.threads': 2,
  'num.io.threads': 2,
  'background.threads': 2,
  'log.cleaner.dedupe.buffer.size': 4_194_304,
  'log.cleaner.io.buffer.size': 65_536,
  'log.segment.bytes': 67_108_864,
};

export interface KafkaPlace {
  /** The address that it listens on for clients. */
  readonly host: string;
  readonly dataDir: string;
}

/** All that a single node is told. Clients reach it at 127.0.0.1, wherever it runs. */
export function kafkaConfig(
  { kafkaPort, controllerPort, proxy }: KafkaPorts,
  { host, dataDir }: KafkaPlace,
): KafkaConfig {
  const proxied = (address: string, port: number): string => `,PROXIED://${address}:${port}`;
  return {
    ...KAFKA_SETTINGS,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://${host}:${kafkaPort},CONTROLLER://127.0.0.1:${controllerPort}${proxy ? proxied(host, proxy.targetPort) : ''}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${kafkaPort}${proxy ? proxied('127.0.0.1', proxy.advertisedPort) : ''}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT',
    'log.dirs': dataDir,
  };
}

/** server.properties of an embedded node. The data folder is relative, so that a formatted folder can be moved. */
export function kafkaProperties(ports: KafkaPorts): string {
  return Object.entries(kafkaConfig(ports, { host: '127.0.0.1', dataDir: 'data' }))
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** The same for the environment of Kafka's own image: `log.dirs` → `KAFKA_LOG_DIRS`. */
export function kafkaEnvironment(config: KafkaConfig): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, String(value)]),
  );
}
