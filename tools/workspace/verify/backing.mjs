import { createInterface } from 'node:readline';
import { join } from 'node:path';

/**
 * Starts PostgreSQL and Kafka once for all tests; resolves with their URLs, rejects with what the starter printed.
 * @param {import('./processes.mjs').Processes} processes
 */
export async function startBacking(processes, { cwd, env, folder }) {
  const main = join('libs', 'backing', 'dist', 'main.js');
  const { child, ended } = processes.start([main, '--dir', join(folder, 'backing')], { cwd, env });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const listening = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{') && JSON.parse(line).msg === 'listening') resolve(JSON.parse(line));
    });
  });
  const started = await Promise.race([listening, ended.then(() => undefined)]);
  if (started === undefined) throw new Error(said);
  // What it says from now on is about a server that ended.
  said = '';
  return { postgres: started.postgres, kafka: started.kafka, said: () => said };
}
