import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, ensureJars, type KafkaDistribution } from './kafka-distribution.js';

describe('ensureJars', () => {
  let home: string;
  const cache = (): string => join(home, 'cache');
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'jars-'));
    mkdirSync(join(home, 'bin'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  /** A Maven of ours: the last argument is -DoutputDirectory=<folder>. */
  function installMaven(script: string): void {
    writeFileSync(join(home, 'bin', 'mvn'), `#!/bin/sh\nfor a; do libs=\${a#-DoutputDirectory=}; done\n${script}\n`);
    chmodSync(join(home, 'bin', 'mvn'), 0o755);
  }

  function jars(): Promise<KafkaDistribution> {
    const env = { PATH: `${join(home, 'bin')}:/usr/bin:/bin`, DOZEN_CACHE_DIR: cache() };
    return ensureJars({ env, signal: undefined, onStep: () => undefined });
  }

  it('downloads once, and the class path is sorted', async () => {
    installMaven('touch "$libs/b.jar" "$libs/a.jar"');
    const first = await jars();
    expect(first.classPath).toBe(`${join(first.dir, 'libs', 'a.jar')}:${join(first.dir, 'libs', 'b.jar')}`);
    installMaven('exit 1');
    expect(await jars()).toEqual(first);
  });

  it('of two downloads at once both end well, and nothing is left beside the one folder', async () => {
    installMaven('sleep 0.1; touch "$libs/a.jar"');
    const [first, second] = await Promise.all([jars(), jars()]);
    expect(first).toEqual(second);
    expect(readdirSync(cache())).toHaveLength(1);
  });

  it('a failed download quotes Maven, leaves nothing behind and is tried again', async () => {
    installMaven('touch "$libs/a.jar"; echo "[ERROR] Unknown host repo.maven.apache.org"; exit 1');
    await expect(jars()).rejects.toMatchObject({
      code: 'BACKING-JARS',
      message: expect.stringContaining('Unknown host'),
    });
    expect(readdirSync(cache())).toEqual([]);
    installMaven('touch "$libs/a.jar"');
    await jars();
  });

  it('clears what a killed download left', async () => {
    mkdirSync(join(cache(), '.work-999999999-dead', 'libs'), { recursive: true });
    installMaven('touch "$libs/a.jar"');
    await jars();
    expect(readdirSync(cache())).toHaveLength(1);
  });

  it('says what to install when there is no Maven', async () => {
    const env = { PATH: join(home, 'bin'), DOZEN_CACHE_DIR: cache() };
    await expect(ensureJars({ env, signal: undefined, onStep: () => undefined })).rejects.toMatchObject({
      code: 'BACKING-MAVEN-MISSING',
      message: expect.stringContaining('apt install maven'),
    });
  });

  it('says so when the cache cannot be written', async () => {
    writeFileSync(cache(), 'a file');
    installMaven('exit 0');
    await expect(jars()).rejects.toMatchObject({ code: 'BACKING-FOLDER' });
  });
});

describe('cacheFolder', () => {
  it.each([
    [{ HOME: '/h' }, '/h/.cache/dozen'],
    [{ HOME: '/h', XDG_CACHE_HOME: '/x' }, '/x/dozen'],
    [{ HOME: '/h', XDG_CACHE_HOME: '/x', DOZEN_CACHE_DIR: '/d' }, '/d'],
  ])('%j → %s', (env, expected) => expect(cacheFolder(env)).toBe(expected));
});
