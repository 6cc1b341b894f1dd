import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from './errors.js';
import { writeAtomically } from './folder.js';

/** What must stay the same over restarts, kept with the data. */
export interface BackingState {
  readonly password: string;
  readonly postgresPort?: number;
  readonly kafkaPort?: number;
  readonly controllerPort?: number;
  readonly proxiedPort?: number;
}

/** The state file of one data folder. Changes are written one after the other. */
export class StateFile {
  private constructor(
    private readonly file: string,
    private state: BackingState,
    private written: Promise<void> = Promise.resolve(),
  ) {}

  static async open(dir: string): Promise<StateFile> {
    const file = join(dir, 'state.json');
    try {
      const state = JSON.parse(await readFile(file, 'utf8')) as BackingState;
      return new StateFile(file, state);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      return new StateFile(file, { password: randomBytes(12).toString('base64url') });
    }
  }

  get current(): BackingState {
    return this.state;
  }

  /** The ports in use by the others, so that one server does not choose another's. */
  portsExcept(...names: (keyof BackingState)[]): Set<number> {
    const entries = Object.entries(this.state).filter(([name]) => !names.some((mine) => mine === name));
    return new Set(entries.flatMap(([, value]) => (typeof value === 'number' ? [value] : [])));
  }

  async change(changes: Partial<BackingState>): Promise<void> {
    this.state = { ...this.state, ...changes };
    const content = `${JSON.stringify(this.state, null, 2)}\n`;
    this.written = this.written.then(() => writeAtomically(this.file, content));
    await this.written;
  }
}
