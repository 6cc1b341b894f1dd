import { backingError, BackingCode, type BackingError, saysDiskFull } from './errors.js';
import { describeExit, type ProcessExit, type ServerProcess } from './managed-process.js';
import { diskFullLog } from './start-server.js';

/**
 * Watches for servers that end although nobody asked them to. While the two start, the start itself fails or tries again;
 * afterwards the caller is told. Between the two lies a server that was up and died while the other was still starting:
 * `bothUp` finds it.
 */
export class Deaths {
  private up = false;

  constructor(private readonly tell: ((error: BackingError) => void) | undefined) {}

  report(child: ServerProcess, exit: ProcessExit): void {
    if (this.up) this.tell?.(died(child, exit));
  }

  /** Throws BACKING-DIED, having stopped the other, when one of them has ended meanwhile. */
  async bothUp(children: readonly (ServerProcess | undefined)[]): Promise<void> {
    const ours = children.filter((child) => child !== undefined);
    for (const child of ours) {
      if (child.exit === undefined) continue;
      await Promise.all(ours.map((other) => other.stop()));
      throw died(child, child.exit);
    }
    this.up = true;
  }
}

function died(child: ServerProcess, exit: ProcessExit): BackingError {
  if (saysDiskFull(child.lastLines())) return diskFullLog(child);
  return backingError(BackingCode.died, {
    what: `${child.spec.name} ended by itself (${describeExit(exit)}).`,
    todo: 'The log names the cause; start again, the data is kept.',
    lines: child.lastLines(),
    logFile: child.spec.logFile,
  });
}
