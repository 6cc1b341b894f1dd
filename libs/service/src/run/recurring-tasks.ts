import type { ProcessType } from '@dozen/config';
import { messageOf, pause } from '@dozen/kernel';
import type { Lifecycle } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { RECURRING_METADATA, type RecurringTask } from '../recurring.js';

/** Every provider marked `@Recurring(…)` with one of the types that this process is. */
export function recurringTasks(app: INestApplicationContext, types: ReadonlySet<ProcessType>): RecurringTask[] {
  return app
    .get(DiscoveryService)
    .getProviders()
    .filter(({ metatype }) => {
      if (typeof metatype !== 'function') return false;
      const type = Reflect.getMetadata(RECURRING_METADATA, metatype) as ProcessType | undefined;
      return type !== undefined && types.has(type);
    })
    .map(({ instance }): unknown => instance)
    .filter(isRecurringTask);
}

/** Begins to repeat the tasks. The drain waits for the runs that are in flight. */
export function startRecurring(
  tasks: readonly RecurringTask[],
  { lifecycle, logger }: { lifecycle: Lifecycle; logger: Logger },
): void {
  for (const task of tasks) {
    const repeated = repeat(task, lifecycle.signal, logger);
    lifecycle.onDrain('work', task.title, () => repeated);
  }
}

/** Never rejects. A failure is logged once for the whole outage, and so is its end. */
async function repeat(task: RecurringTask, signal: AbortSignal, logger: Logger): Promise<void> {
  let failing = false;
  while (!signal.aborted) {
    try {
      await task.runOnce();
      if (failing) logger.info({ task: task.title }, 'a recurring task works again');
      failing = false;
    } catch (error) {
      if (!failing)
        logger.warn({ task: task.title, reason: messageOf(error) }, 'a recurring task fails; it is repeated');
      failing = true;
    }
    await pause(task.everyMs, signal);
  }
}

function isRecurringTask(instance: unknown): instance is RecurringTask {
  return typeof instance === 'object' && instance !== null && 'everyMs' in instance && 'runOnce' in instance;
}
