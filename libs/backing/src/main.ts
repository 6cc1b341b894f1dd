import { parseArgs } from 'node:util';
import { interruption } from './interruption.js';
import { resolveBacking } from './resolve.js';
import { startBacking } from './start-backing.js';
import { messageOf } from '@dozen/kernel';

/** `node libs/backing/dist/main.js [--dir D] [--fresh]`: both servers until SIGTERM or Ctrl-C; one JSON line with the URLs. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { dir: { type: 'string', default: '.dozen/backing' }, fresh: { type: 'boolean' } },
  });
  const signal = interruption();
  const end = Promise.withResolvers<number>();
  signal.addEventListener('abort', () => end.resolve(0));
  const backing = await startBacking({
    dir: values.dir,
    fresh: values.fresh ?? false,
    source: resolveBacking(process.env),
    signal,
    onStep: ({ text, ms }) => {
      if (ms !== undefined) process.stderr.write(`${text}: ${Math.round(ms)} ms\n`);
    },
    onDeath: (error) => {
      process.stderr.write(`${error.code}: ${error.message}\n`);
      end.resolve(1);
    },
  });
  const { postgres, kafka } = backing;
  const line = {
    msg: 'listening',
    postgres: postgres.adminUrl,
    kafka: kafka.url,
    pids: { postgres: postgres.pid, kafka: kafka.pid },
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  // Listening to signals does not keep a process alive.
  const alive = setInterval(() => undefined, 1 << 30);
  const code = await end.promise;
  clearInterval(alive);
  await backing.stop();
  return code;
}

try {
  process.exitCode = await main();
} catch (error) {
  const code = error instanceof Error && 'code' in error ? `${String(error.code)}: ` : '';
  process.stderr.write(`${code}${messageOf(error)}\n`);
  process.exitCode = 1;
}
