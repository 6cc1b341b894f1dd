import { DozenError } from '@dozen/kernel';

/** What a command says to its operator: one form for people, one for programs. */
export interface Answer {
  readonly text: string;
  readonly json: unknown;
  /** Exit status; default 0. */
  readonly status?: number;
}

/**
 * Prints it and returns the exit status. A DozenError is an answer, too: its code, text and details, and 1; on stderr for
 * people, and as `{ error }` on stdout for programs.
 */
export async function print(json: boolean, work: () => Promise<Answer>): Promise<number> {
  try {
    const answer = await work();
    process.stdout.write(`${json ? JSON.stringify(answer.json, null, 2) : answer.text}\n`);
    return answer.status ?? 0;
  } catch (error) {
    if (!(error instanceof DozenError)) throw error;
    const { code, message, details } = error;
    if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, details } }, null, 2)}\n`);
    else
      process.stderr.write(
        `${code}: ${message}${Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : ''}\n`,
      );
    return 1;
  }
}
