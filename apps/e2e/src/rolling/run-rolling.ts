import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backing, startBacking, TcpProxy } from '@dozen/backing';
import { ServiceProcess, startSystem, type System } from '@dozen/demo';
import { ofEach, type ServiceName } from '@dozen/manifest';
import { type Databases, databasesOf } from '../chaos/databases.js';
import { OutsideProducer } from '../chaos/outside-producer.js';
import { reconciled } from '../chaos/reconciled.js';
import { readFacts, readUnits } from '../facts.js';
import { judge } from '../judge.js';
import { MailFolder } from '../mail-folder.js';
import { openShop } from '../shop.js';
import { Balancer } from './balancer.js';
import { readDeliveries, watchDeliveries } from './deliveries.js';
import { Load } from './load.js';
import type { RollingResult } from './report.js';
import { restartAll } from './restarts.js';
import { Targets } from './targets.js';

const INSTANCES = 2;
/** As a deployment behind a balancer has it: several of its probes. */
const DRAIN_GRACE_MS = '1000';
/** After the load: what was accepted is finished, mails are sent. */
const SETTLE_MS = 60_000;
/** Before the first restart: pools are full, every group has settled. */
const WARM_UP_MS = 3_000;

/** A port where nobody listens. */
const NOBODY = 1;

export interface RollingOptions {
  readonly dir: string;
  /** Which are restarted; all run. */
  readonly services: readonly ServiceName[];
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Two processes of each service under constant load, each restarted by SIGTERM again and again. Everything is stopped. */
export async function runRolling(options: RollingOptions): Promise<RollingResult> {
  const { dir, signal } = options;
  const backing = await startBacking({ dir: join(dir, 'backing'), signal });
  try {
    const ended: string[] = [];
    const system = await startSystem({
      dir: join(dir, 'system'),
      backing,
      instances: ofEach(() => INSTANCES),
      env: { all: { HTTP_DRAIN_GRACE_MS: DRAIN_GRACE_MS } },
      signal,
      onDeath: (process, { message }) => {
        // Admin processes end when they are done.
        if (process instanceof ServiceProcess) ended.push(message);
      },
    });
    try {
      return { ...(await underLoad(system, backing, options)), ended };
    } finally {
      await system.stop();
    }
  } finally {
    await backing.stop();
  }
}

async function underLoad(
  system: System,
  backing: Backing,
  { services, signal, log }: RollingOptions,
): Promise<Omit<RollingResult, 'ended'>> {
  const databases = databasesOf(backing.postgres);
  await watchDeliveries(databases);
  const seeded = await readUnits(databases.orders);
  const targets = await Targets.watch(system.instancesOf('gateway').map(({ url }) => url));
  const balancer = await Balancer.start(targets);
  // Knows nothing of HTTP: a connection stays with its process, ready or not, until one side ends it (as kube-proxy has it).
  const connections = await TcpProxy.start(() => Number(targets.next()?.url.port ?? NOBODY));
  const outside = new OutsideProducer(backing.kafka.url);
  try {
    const gatewayUrl = (): string => balancer.url;
    const identityUrl = system.tool('identity').url;
    const shop = await openShop({ gatewayUrl, identityUrl, customer: 'rolling' });
    const load = new Load({ shop, connectionsUrl: `http://127.0.0.1:${connections.port}`, outside });
    await sleep(WARM_UP_MS, undefined, { signal });
    const rolling = { system, services, targets, kafkaUrl: backing.kafka.url, signal, log };
    const restarts = await restartAll(rolling).finally(() => load.stop());
    log(`${load.accepted.length} orders accepted; waiting until all is final`);
    const violations = await settle(system, { databases, seeded, accepted: load.accepted, signal });
    const deliveries = await readDeliveries(databases);
    return { restarts, load, repeated: balancer.repeated, deliveries, violations };
  } finally {
    await outside.stop();
    await connections.stop();
    await balancer.stop();
    targets.stop();
  }
}

/** What the judge still says when the wait is over. */
async function settle(
  system: System,
  run: {
    databases: Databases;
    seeded: ReadonlyMap<string, number>;
    accepted: readonly string[];
    signal: AbortSignal;
  },
): Promise<string[]> {
  const { databases, seeded, accepted, signal } = run;
  const mails = new MailFolder(system.folders.mails);
  const provider = { url: system.tool('provider').url, key: system.providerKey };
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const violations = judge(await readFacts({ databases, provider, mails, accepted, seeded }));
    if (violations.length === 0) return reconciled(system);
    if (performance.now() > deadline) return violations;
    await sleep(1_000, undefined, { signal });
  }
}
