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

/** server.properties of a single node. The data folder is relative, so that a formatted folder can be moved. */
export function kafkaProperties({ kafkaPort, controllerPort, proxy }: KafkaPorts): string {
  const proxied = (port: number): string => `,PROXIED://127.0.0.1:${port}`;
  const properties: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${kafkaPort},CONTROLLER://127.0.0.1:${controllerPort}${proxy ? proxied(proxy.targetPort) : ''}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${kafkaPort}${proxy ? proxied(proxy.advertisedPort) : ''}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT',
    'log.dirs': 'data',
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
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
