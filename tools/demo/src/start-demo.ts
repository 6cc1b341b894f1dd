import { join } from 'node:path';
import { type Backing, type BackingError, isPortFree, resolveBacking, startBacking } from '@dozen/backing';
import { Listr, PRESET_TIMER } from 'listr2';
import type { DemoError } from './errors.js';
import type { Launched } from './launched.js';
import type { DemoOptions } from './options.js';
import { demoToken, type PlacedOrder, Shop } from './shop.js';
import { PHASES } from './start-system.js';
import { assertPortFree, System } from './system.js';

const DEFAULT_PORT = 3000;
const FIRST_ORDER = { items: [{ sku: 'COFFEE-1KG', quantity: 2 }], paymentToken: 'tok_ok' };

/** What has been started so far, filled step by step, so that it can be stopped from any step. */
export class Started {
  backing: Backing | undefined;
  system: System | undefined;
  token: string | undefined;
  order: PlacedOrder | undefined;

  /** The whole, once every step is done. */
  get complete(): { backing: Backing; system: System; token: string; order: PlacedOrder } {
    const { backing, system, token, order } = this;
    if (backing === undefined || system === undefined || token === undefined || order === undefined) {
      throw new Error('the start is not complete');
    }
    return { backing, system, token, order };
  }

  /** Drains in reverse order of the start. */
  async stop(): Promise<void> {
    await this.system?.stop();
    await this.backing?.stop();
  }
}

export interface StartHooks {
  readonly signal: AbortSignal;
  readonly onProcessDeath: (process: Launched, error: DemoError) => void;
  readonly onBackingDeath: (error: BackingError) => void;
}

/** Runs every step of the start, shown with its time, up to the first confirmed order. */
export async function startDemo(started: Started, options: DemoOptions, hooks: StartHooks): Promise<void> {
  if (options.port !== undefined) await assertPortFree(options.port);
  const failed: unknown[] = [];
  const list = tasks(started, options, hooks).map(({ title, task }) => ({
    title,
    task: async (_context: unknown, shown: { output: string }) => {
      try {
        await task((text) => (shown.output = text));
      } catch (error) {
        failed.push(error);
        // The caller shows the error itself, once.
        throw new Error('see below');
      }
    },
  }));
  const renderer = process.stdout.isTTY ? 'default' : 'simple';
  // Ctrl-C is ours: it drains.
  const settings = { renderer, registerSignalListeners: false, rendererOptions: { timer: PRESET_TIMER } } as const;
  await new Listr(list, settings).run().catch((error: unknown) => {
    throw failed[0] ?? error;
  });
}

interface Task {
  readonly title: string;
  /** `say` shows what it is at. */
  readonly task: (say: (text: string) => void) => Promise<void>;
}

function tasks(started: Started, options: DemoOptions, hooks: StartHooks): Task[] {
  const phases = PHASES.map(({ name, run }) => ({
    title: name,
    task: async () => {
      hooks.signal.throwIfAborted();
      started.system ??= await openSystem(started, options, hooks);
      await run(started.system);
    },
  }));
  return [
    {
      title: 'PostgreSQL and Kafka',
      task: async (say) => {
        started.backing = await startBacking({
          dir: join(options.dir, 'backing'),
          fresh: options.fresh,
          source: resolveBacking(process.env),
          signal: hooks.signal,
          onStep: ({ text, ms }) => say(ms === undefined ? `${text} …` : `${text}: ${(ms / 1000).toFixed(1)} s`),
          onDeath: hooks.onBackingDeath,
        });
      },
    },
    ...phases,
    {
      title: 'a first order, until it is confirmed',
      task: async (say) => {
        const { system } = started;
        if (system === undefined) throw new Error('no system');
        started.token = await demoToken(system.tool('identity').url);
        const gatewayUrl = system.service('gateway').url;
        const shop = new Shop({ gatewayUrl, token: started.token, signal: hooks.signal });
        started.order = await shop.placeUntilConfirmed(FIRST_ORDER, ({ what }) => say(what));
      },
    },
  ];
}

async function openSystem(started: Started, options: DemoOptions, hooks: StartHooks): Promise<System> {
  const { dir, fresh, port } = options;
  const { backing } = started;
  if (backing === undefined) throw new Error('no backing services');
  const gatewayPort = port ?? ((await isPortFree(DEFAULT_PORT)) ? DEFAULT_PORT : undefined);
  return System.open({
    dir,
    fresh,
    backing,
    signal: hooks.signal,
    onDeath: hooks.onProcessDeath,
    ...(gatewayPort === undefined ? {} : { gatewayPort }),
  });
}
