/** `npm run test:compose`: docker-compose.yml for real, where a Docker engine answers. The last line counts the tests. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCounts } from '../workspace/verify/results.mjs';
import { build, ensureInstalled, main, node24, root, runForeground } from './bootstrap.mjs';

const answers = (...args) => spawnSync('docker', args, { stdio: 'ignore' }).status === 0;

await main(async () => {
  const missing = [
    ...(answers('info') ? [] : ['no Docker engine answers (docker info)']),
    ...(answers('compose', 'version') ? [] : ['docker has no compose (docker compose version)']),
  ];
  if (missing.length > 0) {
    process.stdout.write(`skipped: ${missing.join(', ')}\n0 passed, 0 failed\n`);
    return 0;
  }
  await ensureInstalled();
  const node = node24();
  await build(node);
  const folder = mkdtempSync(join(tmpdir(), 'dozen-compose-'));
  const results = join(folder, 'results.json');
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const code = await runForeground(node, [
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, '--no-watchman', '--runInBand'],
    ...['--config', join(root, 'apps', 'e2e', 'jest.compose.config.mjs'), '--json', `--outputFile=${results}`],
    ...process.argv.slice(2),
  ]);
  const { passed, failed } = testCounts(results);
  rmSync(folder, { recursive: true });
  process.stdout.write(`${passed} passed, ${code !== 0 && failed === 0 ? 1 : failed} failed\n`);
  return code;
});
