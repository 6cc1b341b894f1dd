import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findJava, majorOf } from './java.js';

describe('findJava', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'java-'));
    mkdirSync(join(home, 'bin'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  function installJava(script: string, release?: string): void {
    writeFileSync(join(home, 'bin', 'java'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(home, 'bin', 'java'), 0o755);
    if (release !== undefined) writeFileSync(join(home, 'release'), `JAVA_VERSION="${release}"\n`);
  }

  it('reads the version beside the binary and never runs it', async () => {
    installJava('exit 1', '21.0.2');
    expect(await findJava({ JAVA_HOME: home })).toMatchObject({ major: 21, command: join(home, 'bin', 'java') });
  });

  it('asks the binary when nothing is beside it', async () => {
    installJava('echo \'openjdk version "17.0.9" 2023-10-17\' >&2');
    expect(await findJava({ PATH: join(home, 'bin') })).toMatchObject({ major: 17 });
  });

  it('refuses an old Java and says which is needed', async () => {
    installJava('exit 1', '1.8.0_402');
    await expect(findJava({ JAVA_HOME: home })).rejects.toMatchObject({
      code: 'BACKING-JAVA-OLD',
      message: expect.stringContaining('Java 17 or newer'),
    });
  });

  it('tells what to install when there is none', async () => {
    await expect(findJava({ PATH: '/nowhere' })).rejects.toMatchObject({
      code: 'BACKING-JAVA-MISSING',
      message: expect.stringContaining('apt install'),
    });
  });

  it('takes a Java that only prints where to get one for none', async () => {
    installJava('echo "Unable to locate a Java Runtime" >&2; exit 1');
    await expect(findJava({ JAVA_HOME: home })).rejects.toMatchObject({ code: 'BACKING-JAVA-MISSING' });
  });

  it('gives another fingerprint for another version, since an archive of classes serves one only', async () => {
    installJava('exit 1', '21.0.2');
    const before = await findJava({ JAVA_HOME: home });
    installJava('exit 1', '21.0.3');
    expect((await findJava({ JAVA_HOME: home })).fingerprint).not.toBe(before.fingerprint);
  });
});

describe('majorOf', () => {
  it.each([
    ['17.0.15+6', 17],
    ['1.8.0_402', 8],
    ['25', 25],
    ['unknown', undefined],
  ])('%s → %s', (version, major) => expect(majorOf(version)).toBe(major));
});
