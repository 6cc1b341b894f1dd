import { join } from 'node:path';
import type { Findings } from './finding.js';
import { HttpFuzz } from './http/http-fuzz.js';
import { KafkaFuzz } from './kafka/kafka-fuzz.js';
import { OpenOrders } from './open-orders.js';
import type { CommandLine } from './options.js';
import { Stores } from './stores.js';
import { World } from './world.js';

export interface FuzzOptions extends CommandLine {
  readonly dir: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** One system with external clients of its HTTP API and external producers in its Kafka. */
export interface Siege {
  readonly world: World;
  readonly stores: Stores;
  readonly orders: OpenOrders;
  readonly http: HttpFuzz;
  readonly kafka: KafkaFuzz;
}

/** A new system, for as long as the work takes. */
export async function besieged<T>(
  { dir, seed, signal, log }: FuzzOptions,
  findings: Findings,
  name: string,
  work: (siege: Siege) => Promise<T>,
): Promise<T> {
  log('starting the system: one process of each service');
  const world = await World.start({ dir: join(dir, name), signal, log });
  const stores = new Stores(world.databases);
  try {
    const orders = new OpenOrders(stores);
    const common = { world, stores, orders, seed, findings, signal, log };
    const http = await HttpFuzz.open(common);
    const kafka = await KafkaFuzz.open(common);
    try {
      return await work({ world, stores, orders, http, kafka });
    } finally {
      http.stop();
      await kafka.stop();
    }
  } finally {
    await stores.stop();
    await world.stop();
  }
}
