import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, realpath, rename, rmdir, statfs, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { diskFull, fileSystemError } from './errors.js';

/**
 * Makes sure that `dir` exists, is writable and has room. Returns its real path: what is left over of a killed run is
 * recognised by its path. Throws BACKING-FOLDER, BACKING-DISK-FULL.
 */
export async function ensureFolder(dir: string, neededBytes: number): Promise<string> {
  try {
    await mkdir(dir, { recursive: true });
    const path = await realpath(dir);
    const probe = await mkdtemp(join(path, '.probe-'));
    await rmdir(probe);
    const { bavail, bsize } = await statfs(path);
    if (bavail * bsize < neededBytes) {
      throw diskFull(path, {
        what: `Only ${Math.floor((bavail * bsize) / 1024 / 1024)} MB are free where ${path} is.`,
      });
    }
    return path;
  } catch (error) {
    throw fileSystemError(error, dir);
  }
}

/** All of the new content or all of the old, whenever the process dies. */
export async function writeAtomically(file: string, content: string): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  try {
    await writeFile(temporary, content, { mode: 0o600 });
    await rename(temporary, file);
  } catch (error) {
    throw fileSystemError(error, dirname(file));
  }
}

/** Where the shell would find `command`, or undefined. */
export function onPath(command: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, command))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
