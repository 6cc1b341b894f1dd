import { Lifecycle } from '@dozen/shutdown';
import { createLogger, type Logger } from '@dozen/telemetry';
import type { RecurringTask } from '../recurring.js';
import { startRecurring } from './recurring-tasks.js';

let logs: string[];
let logger: Logger;
let lifecycle: Lifecycle;

beforeEach(() => {
  logs = [];
  const destination = { write: (line: string) => void logs.push(line) };
  logger = createLogger({ service: 'test', release: 'test', level: 'info', destination });
  lifecycle = new Lifecycle({ deadlineMs: 1_000, logger, exit: () => undefined });
});

const messages = () =>
  logs.map((line) => (JSON.parse(line) as { msg: string }).msg).filter((message) => message.includes('recurring'));

/** Resolves when the task has begun so many times. */
function counted(everyMs: number, work: (time: number) => Promise<void>): { task: RecurringTask; done: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let times = 0;
  const runOnce = (): Promise<void> => {
    times += 1;
    if (times === 5) resolve();
    return work(times);
  };
  return { task: { title: 'look', everyMs, runOnce }, done: promise };
}

describe('a recurring task', () => {
  it('is repeated also when it fails; an outage is told once, and its end', async () => {
    const { task, done } = counted(1, (time) =>
      time === 2 || time === 3 ? Promise.reject(new Error('no database')) : Promise.resolve(),
    );
    startRecurring([task], { lifecycle, logger });
    await done;
    await lifecycle.drain('enough');
    expect(messages()).toEqual(['a recurring task fails; it is repeated', 'a recurring task works again']);
  });

  it('ends with the drain, which waits for the run in flight and not for the pause', async () => {
    const running = Promise.withResolvers<void>();
    let ended = 0;
    const { task } = counted(60_000, async () => {
      await running.promise;
      ended += 1;
    });
    const { task: idle } = counted(60_000, () => Promise.resolve());
    startRecurring([task, idle], { lifecycle, logger });
    const drained = lifecycle.drain('enough');
    setTimeout(() => running.resolve(), 50);
    await drained;
    expect(ended).toBe(1);
  });
});
