type End = () => Promise<void>;

const KEY = Symbol.for('dozen.testing.afterTheRun');
const holder = globalThis as { [KEY]?: End | undefined };

/** Jest loads set-up and tear-down as modules of their own in one process: the global object is what they share. */
export const afterTheRun = {
  set(end: End): void {
    holder[KEY] = end;
  },
  take(): End | undefined {
    const end = holder[KEY];
    holder[KEY] = undefined;
    return end;
  },
};
