import { createWriteStream, existsSync, statSync } from 'node:fs';
import { getContainerRuntimeClient } from 'testcontainers';
import { backingError, BackingCode } from '../errors.js';
import { lastLines } from '../log-tail.js';
import type { ProcessExit, ServerProcess } from '../managed-process.js';
import { POLICY } from '../policy.js';
import { LocalContainer, type LocalContainerSpec } from './local-container.js';

export interface ContainerProcessSpec extends LocalContainerSpec {
  readonly name: string;
  readonly logFile: string;
  /** Called when it ends although nobody asked it to. */
  readonly onDeath: (exit: ProcessExit) => void;
}

type Runtime = Awaited<ReturnType<typeof getContainerRuntimeClient>>;
type Engine = ReturnType<Runtime['container']['getById']>;

/** What an engine says of a port that somebody else has. */
const PORT_TAKEN = /port is already allocated|address already in use/;

/**
 * A server in a container, with the states and signals of a ManagedProcess. Its data lives as long as the container: over
 * `halt` and `start`, not over `stop`. What a killed run leaves is removed by testcontainers' reaper.
 */
export class ContainerProcess implements ServerProcess {
  /** The engine's own number, which may be another machine's. */
  readonly pid = undefined;
  private engine: Engine | undefined;
  private ended: Promise<ProcessExit> | undefined;
  private lastExit: ProcessExit | undefined;
  private announced = false;
  private frozen = false;
  private logStart = 0;

  constructor(readonly spec: ContainerProcessSpec) {}

  get running(): boolean {
    return this.ended !== undefined && this.lastExit === undefined;
  }

  get exit(): ProcessExit | undefined {
    return this.lastExit;
  }

  /** Makes the container the first time. Throws BACKING-DOCKER, BACKING-PORT-TAKEN. */
  async start(): Promise<void> {
    const runtime = await containerRuntime();
    try {
      if (this.engine === undefined) {
        const container = await new LocalContainer(this.spec).start();
        this.engine = runtime.container.getById(container.getId());
      } else {
        await this.engine.start();
      }
    } catch (error) {
      throw this.notStarted(error);
    }
    await this.adopt(runtime, this.engine);
  }

  private async adopt(runtime: Runtime, engine: Engine): Promise<void> {
    const { logFile, onDeath } = this.spec;
    this.lastExit = undefined;
    this.announced = false;
    this.logStart = existsSync(logFile) ? statSync(logFile).size : 0;
    const { State } = await engine.inspect();
    const log = await runtime.container.logs(engine, { since: Date.parse(State.StartedAt) / 1000 });
    log.pipe(createWriteStream(logFile, { flags: 'a' }));
    this.ended = engine.wait().then(({ StatusCode: code }: { StatusCode: number }) => {
      this.lastExit = exitOf(code);
      if (!this.announced) onDeath(this.lastExit);
      return this.lastExit;
    });
  }

  private notStarted(error: unknown): Error {
    const { name, image } = this.spec;
    const said = error instanceof Error ? error.message : String(error);
    if (PORT_TAKEN.test(said)) {
      return backingError(BackingCode.portTaken, {
        what: `${name} could not bind its port: something else listens there.`,
        todo: 'End what listens there (ss -ltnp lists it) and start again.',
        cause: error,
      });
    }
    return backingError(BackingCode.docker, {
      what: `No container of ${image} could be started for ${name}: ${said}`,
      todo: `docker run --rm ${image} shows more. DOZEN_BACKING=embedded needs no Docker, but Java 17 and Maven.`,
      cause: error,
    });
  }

  /** SIGSTOP and SIGCONT freeze and thaw everything in it; SIGKILL resolves when it is gone, any other at once. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    if (!this.running || this.engine === undefined) return;
    if (signal === 'SIGSTOP') return this.freeze(this.engine);
    if (signal === 'SIGCONT') return this.thaw(this.engine);
    this.announced = true;
    await unlessGone(this.engine.kill({ signal }));
    if (signal !== 'SIGKILL') return;
    // A frozen one dies of it only when it is thawed.
    await this.thaw(this.engine);
    await this.ended;
  }

  private async freeze(engine: Engine): Promise<void> {
    if (this.frozen) return;
    await engine.pause();
    this.frozen = true;
  }

  private async thaw(engine: Engine): Promise<void> {
    if (!this.frozen) return;
    this.frozen = false;
    await unlessGone(engine.unpause());
  }

  /** Asks it to end, kills it after the deadline; it can be started again. Resolves when it is gone. */
  async halt(): Promise<void> {
    if (!this.running || this.engine === undefined) return;
    this.announced = true;
    await this.thaw(this.engine);
    await unlessGone(this.engine.stop({ t: POLICY.stopDeadlineMs / 1000 }));
    await this.ended;
  }

  /** Ends it and removes it with its data. */
  async stop(): Promise<void> {
    await this.halt();
    const { engine } = this;
    this.engine = undefined;
    await engine?.remove({ v: true, force: true });
  }

  lastLines(count: number = POLICY.readLines): string[] {
    return lastLines(this.spec.logFile, count, this.logStart);
  }
}

/** Throws BACKING-DOCKER when no engine answers. */
export async function containerRuntime(): Promise<Runtime> {
  try {
    return await getContainerRuntimeClient();
  } catch (error) {
    throw backingError(BackingCode.docker, {
      what: `No Docker engine answers: ${error instanceof Error ? error.message : String(error)}`,
      todo: 'Start Docker (docker info tells), or install Java 17 and Maven and leave DOZEN_BACKING out.',
      cause: error,
    });
  }
}

/** What the engine says of a container that ended meanwhile: 304 and 409, and 500 of one that cannot be thawed any more. */
const GONE = new Set([304, 409, 500]);

async function unlessGone(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
    if (typeof status !== 'number' || !GONE.has(status)) throw error;
  }
}

/** An exit code over 128 is a signal's: 137 is SIGKILL. */
function exitOf(code: number): ProcessExit {
  return code === 137 ? { code: null, signal: 'SIGKILL' } : { code, signal: null };
}
