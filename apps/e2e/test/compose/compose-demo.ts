import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@dozen/backing';
import { ofEach, SERVICE_NAMES, type ServiceName } from '@dozen/manifest';
import { type Facts, type Mails, openShop, readFacts, type Shop } from '../../src/index.js';
import { repository } from '../running.js';
import { docker } from './docker.js';
import { Mailpit } from './mailpit.js';

const PROVIDER_KEY = readFileSync(join(repository, 'deploy/compose/secrets/payment_provider_key'), 'utf8').trim();
const FILES = ['--file', 'docker-compose.yml', '--file', 'deploy/compose/test.yml'];

/** The demo of docker-compose.yml under a project name of its own, as the suites of the running system see it. */
export class ComposeDemo {
  databases: Readonly<Record<ServiceName, string>> = ofEach(() => '');
  identityUrl = '';
  private providerUrl = '';
  private mails: Mails = { read: () => Promise.resolve([]) };

  private constructor(
    readonly project: string,
    private readonly port: number,
  ) {}

  static async plan(project: string): Promise<ComposeDemo> {
    return new ComposeDemo(project, await freePort());
  }

  /** `docker compose …` of this project. */
  readonly compose = (...args: string[]): Promise<string> =>
    docker(['compose', '--project-name', this.project, ...FILES, ...args], {
      DOZEN_PORT: String(this.port),
      DOZEN_TAG: this.project,
      // Short, so that a card without an answer ends within a test.
      PAYMENT_TIMEOUT_S: '8',
      PAYMENT_PROVIDER_TIMEOUT_MS: '4000',
    });

  /** Builds, starts all and waits until all are healthy. */
  async up(): Promise<void> {
    await this.compose('up', '--build', '--detach', '--wait', '--wait-timeout', '240');
    await this.#locate();
  }

  /** Restarts containers at once, and resolves when they are healthy again. */
  async restart(...names: string[]): Promise<void> {
    await this.compose('restart', ...names);
    await this.compose('up', '--no-recreate', '--no-deps', '--detach', '--wait', ...names);
    await this.#locate();
  }

  /** Docker gives a published port another number at each start. */
  async #locate(): Promise<void> {
    const at = async (service: string, port: number) => this.compose('port', service, String(port));
    const postgres = await at('postgres', 5432);
    this.databases = ofEach((name) => `postgres://${name}:demo-${name}@${postgres}/${name}`);
    this.identityUrl = `http://${await at('identity', 3000)}`;
    this.providerUrl = `http://${await at('provider', 3000)}`;
    this.mails = new Mailpit(`http://${await at('mailpit', 8025)}`);
  }

  readonly gatewayUrl = (): string => `http://127.0.0.1:${this.port}`;

  shop(customer: string): Promise<Shop> {
    return openShop({ gatewayUrl: this.gatewayUrl, identityUrl: this.identityUrl, customer });
  }

  facts(accepted: readonly string[], seeded: ReadonlyMap<string, number> = new Map()): Promise<Facts> {
    const { databases, providerUrl: url, mails } = this;
    return readFacts({ databases, provider: { url, key: PROVIDER_KEY }, mails, accepted, seeded });
  }

  /** Ids of the containers of a service that run. */
  async containersOf(service: ServiceName): Promise<string[]> {
    return (await this.compose('ps', '--quiet', service)).split('\n').filter((id) => id !== '');
  }

  /** Container → bytes that its processes hold. */
  async memory(): Promise<Map<string, string>> {
    const ids = (await this.compose('ps', '--quiet')).split('\n');
    const lines = await docker(['stats', '--no-stream', '--format', '{{.Name}} {{.MemUsage}}', ...ids]);
    return new Map(lines.split('\n').map((line) => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']));
  }

  /** Takes down everything, data and images as well; resolves with what is left of it all the same. */
  async down(): Promise<string[]> {
    await this.compose('down', '--volumes', '--remove-orphans', '--timeout', '40');
    const images = [...SERVICE_NAMES, 'provider', 'identity'].map((name) => `dozen/${name}:${this.project}`);
    await docker(['image', 'rm', ...images]);
    const filter = ['--filter', `label=com.docker.compose.project=${this.project}`, '--quiet'];
    const left = await Promise.all([
      docker(['ps', '--all', ...filter]),
      docker(['network', 'ls', ...filter]),
      docker(['volume', 'ls', ...filter]),
    ]);
    return left.flatMap((ids) => ids.split('\n')).filter((id) => id !== '');
  }
}
