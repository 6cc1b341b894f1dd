import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBacking } from '@dozen/backing';
import { hasArgument, processTable } from '../src/process-table.js';

describe('startBacking on a machine that lacks something', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'failures-'));
    // Where this runs as root, PostgreSQL's user must get in.
    chmodSync(dir, 0o755);
  });
  afterEach(async () => {
    const left = (await processTable()).filter((entry) => hasArgument(entry, join(dir, 'data', 'postgres')));
    rmSync(dir, { recursive: true });
    expect(left).toEqual([]);
  });

  it('no Java: says so, and PostgreSQL does not stay behind', async () => {
    const env = { PATH: '/nowhere', HOME: dir };
    await expect(startBacking({ dir: join(dir, 'data'), env })).rejects.toMatchObject({ code: 'BACKING-JAVA-MISSING' });
  });

  it('a folder that cannot be made: says so', async () => {
    writeFileSync(join(dir, 'file'), '');
    await expect(startBacking({ dir: join(dir, 'file', 'data') })).rejects.toMatchObject({ code: 'BACKING-FOLDER' });
  });

  it('needs neither a folder nor Java when both come by URL, and refuses to signal them', async () => {
    const source = { postgresUrl: 'postgres://u:p@db:5432/postgres', kafkaUrl: 'kafka://k:9092' };
    const backing = await startBacking({ dir: '/dev/null/nowhere', source, env: {} });
    expect(backing.postgres.url('orders')).toBe('postgres://u:p@db:5432/orders');
    await expect(backing.kafka.kill('SIGKILL')).rejects.toMatchObject({ code: 'BACKING-NOT-OURS' });
    await backing.stop();
  });

  it('a Java that dies at once: quotes its last words', async () => {
    const home = join(dir, 'java');
    const java = '#!/bin/sh\necho "# There is insufficient memory for the Java Runtime Environment"\nexit 134\n';
    mkdirSync(join(home, 'bin'), { recursive: true });
    writeFileSync(join(home, 'bin', 'java'), java);
    chmodSync(join(home, 'bin', 'java'), 0o755);
    writeFileSync(join(home, 'release'), 'JAVA_VERSION="17.0.1"\n');
    const env = { ...process.env, JAVA_HOME: home };
    await expect(startBacking({ dir: join(dir, 'data'), env })).rejects.toMatchObject({
      code: 'BACKING-KAFKA-START',
      message: expect.stringContaining('insufficient memory'),
    });
  });
});
