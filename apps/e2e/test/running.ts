import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Backing, freePort, ownServers, startBacking } from '@dozen/backing';
import { startSystem, type System } from '@dozen/demo';
import { ofEach, type ServiceName } from '@dozen/manifest';
import { Observed } from './observed.js';
import { type Facts, MailFolder, openShop, query, readFacts, type Shop } from '../src/index.js';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));

const ENV = {
  // Short, so that a card without an answer ends within a test.
  billing: { PAYMENT_TIMEOUT_S: '8', PAYMENT_PROVIDER_TIMEOUT_MS: '4000' },
  // A fifth of the default: the catalogue is seen through the cache, again and again.
  gateway: { PRODUCTS_TTL_MS: '1000' },
};

/** What `dead-letters list --json` prints of a message. */
export interface Letter {
  /** `message:<number>` */
  readonly id: string;
  readonly code: string;
  readonly reason: string;
  readonly topic: string;
}

/** The system under test: real processes from built output on backing services of their own. */
export class Running {
  readonly databases: Readonly<Record<ServiceName, string>>;
  readonly observed: Observed;
  private readonly mails: MailFolder;
  private readonly system: System;
  private readonly backing: Backing;
  private readonly dir: string;

  private constructor(parts: { system: System; backing: Backing; observed: Observed; dir: string }) {
    this.system = parts.system;
    this.observed = parts.observed;
    this.mails = new MailFolder(parts.system.folders.mails);
    this.backing = parts.backing;
    this.dir = parts.dir;
    this.databases = ofEach((name) => this.backing.postgres.url(name));
  }

  static async start(): Promise<Running> {
    const dir = await mkdtemp(join(tmpdir(), 'dozen-e2e-'));
    const backing = await startBacking({ dir: join(dir, 'backing'), source: ownServers(process.env) });
    const observed = await Observed.start(repository, join(dir, 'prometheus'));
    const env = { all: observed.environment, ...ENV };
    try {
      const system = await startSystem({ dir: join(dir, 'system'), backing, env });
      return new Running({ system, backing, observed, dir });
    } catch (error) {
      await observed.stop();
      await backing.stop();
      throw error;
    }
  }

  get kafkaUrl(): string {
    return this.backing.kafka.url;
  }

  get identityUrl(): string {
    return this.system.tool('identity').url;
  }

  get logFolder(): string {
    return this.system.folders.logs;
  }

  readonly gatewayUrl = (): string => this.system.service('gateway').url;

  shop(customer: string): Promise<Shop> {
    return openShop({ gatewayUrl: this.gatewayUrl, identityUrl: this.identityUrl, customer });
  }

  service(name: ServiceName) {
    return this.system.service(name);
  }

  facts(accepted: readonly string[], seeded: ReadonlyMap<string, number> = new Map()): Promise<Facts> {
    return readFacts({
      databases: this.databases,
      provider: { url: this.system.tool('provider').url, key: this.system.providerKey },
      mails: this.mails,
      accepted,
      seeded,
    });
  }

  /** Which of these idempotency keys the gateway has taken. */
  async takenKeys(keys: readonly string[]): Promise<string[]> {
    const bare = keys.map((key) => key.replaceAll('"', ''));
    const sql = 'SELECT key FROM idempotent_requests WHERE key = ANY($1)';
    return (await query<{ key: string }>(this.databases.gateway, sql, [bare])).map(({ key }) => key);
  }

  /** Everything that is put aside in any service. */
  async parked(): Promise<readonly string[]> {
    return (await this.facts([])).deadLetters;
  }

  /** What is put aside, by the admin process, as an operator would see it. */
  async deadLetters(name: ServiceName): Promise<Letter[]> {
    return (await this.admin<{ messages: Letter[] }>(name, ['dead-letters', 'list'])).messages;
  }

  /** An admin process of a service; rejects when it exits with another status than 0. `input` is its stdin. */
  async admin<T>(name: ServiceName, args: readonly string[], input = ''): Promise<T> {
    return JSON.parse(await this.#command(name, [...args, '--json'], { input })) as T;
  }

  /** Makes the topics of a service at another broker; its tables are there. */
  async migrateTo(kafkaUrl: string, name: ServiceName): Promise<void> {
    await this.#command(name, ['migrate'], { kafkaUrl });
  }

  async #command(
    name: ServiceName,
    args: readonly string[],
    { input = '', kafkaUrl = this.kafkaUrl },
  ): Promise<string> {
    const main = join(repository, 'apps', name, 'dist', 'main.js');
    // One that needs more, such as a mail server's address, has it from its own example.
    const example = `--env-file=${join(repository, 'apps', name, '.env.example')}`;
    const command = promisify(execFile)(process.execPath, [example, main, ...args], {
      env: { PATH: process.env['PATH'], DATABASE_URL: this.databases[name], KAFKA_URL: kafkaUrl },
    });
    command.child.stdin?.end(input);
    return (await command).stdout;
  }

  /** A process of a service on a database without tables. The caller ends it. */
  async startOnEmptyDatabase(name: 'orders'): Promise<{ child: ChildProcess; url: string }> {
    const database = await this.backing.postgres.ensureDatabase(`empty_${name}`);
    const port = await freePort();
    const child = spawn(process.execPath, [join(repository, 'apps', name, 'dist', 'main.js')], {
      env: {
        NODE_ENV: 'test',
        HOST: '127.0.0.1',
        PORT: String(port),
        DATABASE_URL: database,
        KAFKA_URL: this.kafkaUrl,
      },
      stdio: 'ignore',
    });
    return { child, url: `http://127.0.0.1:${port}` };
  }

  async stop(): Promise<void> {
    await this.system.stop();
    await this.observed.stop();
    await this.backing.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}
