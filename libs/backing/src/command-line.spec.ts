import { chosen, readArgs, runCommandLine, UsageError, wholeOption } from './command-line.js';

const OPTIONS = { seed: { type: 'string' } } as const;

/** What a command leaves behind: its exit code, and its lines on stderr. */
async function endOf(command: Parameters<typeof runCommandLine>[1]): Promise<{ code: unknown; lines: string[] }> {
  const before = { code: process.exitCode, write: process.stderr.write.bind(process.stderr) };
  let text = '';
  process.exitCode = undefined;
  process.stderr.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    await runCommandLine('npm run it -- [--seed S]', command, new AbortController().signal);
    return { code: process.exitCode, lines: text.split('\n').slice(0, -1) };
  } finally {
    process.exitCode = before.code;
    process.stderr.write = before.write;
  }
}

describe('a command line', () => {
  it('ends with 0 when all is well, with 1 when it is not', async () => {
    expect(await endOf(() => Promise.resolve(true))).toEqual({ code: undefined, lines: [] });
    expect(await endOf(() => Promise.resolve(false))).toEqual({ code: 1, lines: [] });
  });

  it('ends with 64 and says how it is called when it was called otherwise', async () => {
    const end = await endOf(() => Promise.resolve(wholeOption('--seed', 'x', 0) === 0));
    const lines = ['--seed x is no whole number from 0 to 999999999.', 'npm run it -- [--seed S]'];
    expect(end).toEqual({ code: 64, lines });
  });

  it('ends with 1 and a stack when nobody foresaw it', async () => {
    const { code, lines } = await endOf(() => Promise.reject(new Error('odd')));
    expect(code).toBe(1);
    expect(lines[0]).toBe('Error: odd');
    expect(lines[1]).toContain(' at ');
  });
});

describe('what was typed', () => {
  it('is read by its options', () => {
    expect(readArgs({ args: ['--seed', '7'], options: OPTIONS }).values.seed).toBe('7');
    expect(() => readArgs({ args: ['--sed', '7'], options: OPTIONS })).toThrow(UsageError);
    expect(() => readArgs({ args: ['more'], options: OPTIONS })).toThrow(UsageError);
  });

  it('gives a whole number, or leaves the usual one', () => {
    expect(wholeOption('--seed', '7', 1)).toBe(7);
    expect(wholeOption('--seed', undefined, 1)).toBe(1);
    for (const text of ['-1', '1.5', '1e3', '', '1234567890']) {
      expect(() => wholeOption('--seed', text, 1)).toThrow(UsageError);
    }
  });

  it('chooses among what there is; nothing chooses all', () => {
    expect(chosen('part', ['b'], ['a', 'b'])).toEqual(['b']);
    expect(chosen('part', [], ['a', 'b'])).toEqual(['a', 'b']);
    expect(() => chosen('part', ['c'], ['a', 'b'])).toThrow('part c is none of a, b.');
  });
});
