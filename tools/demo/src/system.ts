import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  clearLeftovers,
  DataLock,
  ensureFolder,
  ExitGuard,
  freePort,
  isPortFree,
  keepPreviousLog,
} from '@dozen/backing';
import { SERVICE_NAMES, type ServiceName, SERVICES } from '@dozen/manifest';
import { AdminProcess } from './admin-process.js';
import { plainEnv, serviceEnv, type ToolUrls } from './environment.js';
import { DemoCode, demoError } from './errors.js';
import { titlePrefix, type Launched } from './launched.js';
import { entryPoint, serviceCommand, folders, TOOL_NAMES, type ToolName } from './layout.js';
import { ServiceProcess } from './service-process.js';
import type { SystemOptions } from './system-options.js';
import { ToolProcess } from './tool-process.js';

/** Logs, mails and stores of one system: little, but a full disk must be named before a service meets it. */
const FREE_BYTES = 50 * 1024 * 1024;

/**
 * The whole of Dozen as processes of its own on one machine. Phases, in this order: `open` → `startTools` →
 * `createDatabases` → `migrateAndSeed` → `startServices`; `stop` from any of them. `startSystem` runs them all.
 */
export class System {
  private readonly toolProcesses = new Map<ToolName, ToolProcess>();
  private readonly serviceProcesses: ServiceProcess[] = [];
  private stopped: Promise<void> | undefined;
  /** Another in every run, known to billing and its provider alone. */
  readonly providerKey = randomBytes(24).toString('base64url');

  private constructor(
    private readonly options: SystemOptions,
    readonly dir: string,
    private readonly lock: DataLock,
    private readonly guard: ExitGuard,
  ) {}

  /** Takes the folder and clears what a killed run left running. Throws BACKING-LOCKED, BACKING-FOLDER. */
  static async open(options: SystemOptions): Promise<System> {
    const dir = await ensureFolder(options.dir, FREE_BYTES);
    const lock = DataLock.acquire(dir);
    try {
      const prefix = titlePrefix(dir);
      const ours = (arg: string): boolean => arg.startsWith(prefix) || arg.startsWith(`--title=${prefix}`);
      await clearLeftovers({ ours: (entry) => entry.args.some(ours), signal: 'SIGTERM' });
      const { logs, mails, provider, identity } = folders(dir);
      for (const folder of [mails, provider, identity]) {
        if (options.fresh === true) await rm(folder, { recursive: true, force: true });
      }
      for (const folder of [logs, mails, provider, identity]) await mkdir(folder, { recursive: true });
      return new System(options, dir, lock, new ExitGuard());
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  get services(): readonly ServiceProcess[] {
    return this.serviceProcesses;
  }

  /** The processes of one service, in the order of their start. */
  instancesOf(service: ServiceName): readonly ServiceProcess[] {
    return this.serviceProcesses.filter((process) => process.service === service);
  }

  /** One process of a service, the first by default. */
  service(name: ServiceName, index = 0): ServiceProcess {
    const found = this.instancesOf(name)[index];
    if (found === undefined) throw new Error(`${name} has no process ${index}`);
    return found;
  }

  tool(name: ToolName): ToolProcess {
    const found = this.toolProcesses.get(name);
    if (found === undefined) throw new Error(`${name} was not started`);
    return found;
  }

  get tools(): readonly ToolProcess[] {
    return [...this.toolProcesses.values()];
  }

  /** All that run for as long as the system does. */
  get processes(): readonly Launched[] {
    return [...this.tools, ...this.serviceProcesses];
  }

  get folders(): ReturnType<typeof folders> {
    return folders(this.dir);
  }

  /** SMTP sink, payment provider, identity. */
  async startTools(): Promise<void> {
    const { mails, provider, identity } = this.folders;
    const own = {
      'smtp-sink': { MAIL_DIR: mails },
      provider: { DATA_DIR: provider, PAYMENT_PROVIDER_KEY: this.providerKey },
      identity: { DATA_DIR: identity },
    };
    for (const name of TOOL_NAMES) {
      // A port of its own, so that it is at the same address after a restart.
      const env = { ...plainEnv(process.env), HOST: '127.0.0.1', PORT: String(await freePort()), ...own[name] };
      const tool = new ToolProcess({ ...(await this.launch(name)), command: [entryPoint('tools', name)], env });
      this.toolProcesses.set(name, tool);
      tool.start();
    }
    await Promise.all(this.tools.map((tool) => tool.waitReady()));
  }

  async createDatabases(): Promise<void> {
    await Promise.all(SERVICE_NAMES.map((name) => this.options.backing.postgres.ensureDatabase(name)));
  }

  /** Admin processes. */
  async migrateAndSeed(): Promise<void> {
    await asManyAsCores(SERVICE_NAMES, async (name) => {
      await this.admin(name, 'migrate');
      if (SERVICES[name].seeded) await this.admin(name, 'seed');
    });
  }

  private async admin(service: ServiceName, command: string): Promise<void> {
    const launch = await this.launch(`${service}-${command}`);
    const env = this.environmentOf(service);
    await new AdminProcess({ ...launch, command: [...serviceCommand(service), command], env }).run();
  }

  /**
   * Starts all services, the gateway last since it takes requests, and waits until each says that it is ready. Starting all at
   * once would make none faster and each slower.
   */
  async startServices(): Promise<void> {
    const takesRequests = (name: ServiceName): number => Number(SERVICES[name].processTypes.includes('web'));
    const names = (this.options.services ?? SERVICE_NAMES).toSorted((a, b) => takesRequests(a) - takesRequests(b));
    const wanted = names.flatMap((name) =>
      Array.from({ length: this.options.instances?.[name] ?? 1 }, (_, index) => ({ name, index })),
    );
    await asManyAsCores(wanted, async ({ name, index }) => {
      const process = await this.startService(name, index);
      await process.waitReady();
    });
  }

  private async startService(service: ServiceName, index: number): Promise<ServiceProcess> {
    const launch = await this.launch(index === 0 ? service : `${service}-${index + 1}`);
    const wanted = service === 'gateway' && index === 0 ? this.options.gatewayPort : undefined;
    if (wanted !== undefined) await assertPortFree(wanted);
    const port = wanted ?? (await freePort());
    const command = serviceCommand(service);
    const env = { ...this.environmentOf(service), ...this.options.instanceEnv?.(service, index) };
    const process = new ServiceProcess({ ...launch, command, env, service, port });
    this.serviceProcesses.push(process);
    process.start();
    return process;
  }

  /** Of every process of a service, admin processes among them. */
  environmentOf(service: ServiceName): Record<string, string> {
    const { backing, env = {} } = this.options;
    const tools: ToolUrls = {
      smtp: this.tool('smtp-sink').url,
      provider: this.tool('provider').url,
      providerKey: this.providerKey,
      identity: this.tool('identity').url,
    };
    return { ...plainEnv(process.env), ...serviceEnv(service, backing, tools), ...env.all, ...env[service] };
  }

  private async launch(name: string): Promise<Omit<ConstructorParameters<typeof Launched>[0], 'command' | 'env'>> {
    const logFile = join(this.folders.logs, `${name}.log`);
    await keepPreviousLog(logFile);
    const { signal, onDeath } = this.options;
    return { name, logFile, dir: this.dir, guard: this.guard, signal, ...(onDeath === undefined ? {} : { onDeath }) };
  }

  /** Drains in reverse order: the gateway, then the services behind it, then the tools. May be called twice. */
  async stop(): Promise<void> {
    this.stopped ??= this.drain();
    await this.stopped;
  }

  private async drain(): Promise<void> {
    await Promise.all(this.instancesOf('gateway').map((process) => process.stop()));
    await Promise.all(this.serviceProcesses.map((process) => process.stop()));
    await Promise.all(this.tools.map((process) => process.stop()));
    this.lock.release();
  }
}

/** Runs `work` on all items, as many at once as there are cores; the first failure is thrown when all have settled. */
async function asManyAsCores<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  const results = await Promise.allSettled(Array.from({ length: availableParallelism() }, worker));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** Throws DEMO-PORT-TAKEN. */
export async function assertPortFree(port: number): Promise<void> {
  if (await isPortFree(port)) return;
  throw demoError(DemoCode.portTaken, {
    what: `Port ${port} is taken by another process.`,
    todo: `End what listens there (ss -ltnp 'sport = :${port}' shows it), or leave --port out to take a free one.`,
  });
}
