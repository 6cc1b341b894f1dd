import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { entryPoint } from '@dozen/demo';
import { query } from '../query.js';
import type { Decision, Poison } from './poison.js';
import type { Databases } from './databases.js';
import type { ServiceName } from '@dozen/manifest';

/**
 * How long an operator waits for poison to be parked: longer than any outage of the schedule, the backlog after it, and all the
 * decisions ahead. On a busy machine poison has waited for seven minutes behind what came before it.
 */
const TIMEOUT_MS = 600_000;
/** How long a fix waits for the real event of the same type, whose content it takes; without one it is a discard. */
const CONTENT_MS = 45_000;
const LOOK_EVERY_MS = 250;
const COMMAND_MS = 60_000;
const NOTE = ['--by', 'chaos', '--why', 'planted by the chaos rig'];

export interface OperatorOptions {
  readonly databases: Databases;
  readonly environmentOf: (service: ServiceName) => Record<string, string>;
  readonly signal: AbortSignal;
}

/**
 * Decides about dead letters with the services' own admin commands, one after the other, as a person at a shell would.
 * An outage makes a command fail: it is typed again.
 */
export class Operator {
  readonly #options: OperatorOptions;
  #typing: Promise<unknown> = Promise.resolve();

  constructor(options: OperatorOptions) {
    this.#options = options;
  }

  /**
   * Waits until the service has put the poison aside, and carries the decision out. Resolves with what was done: a `fix`
   * whose content does not come is a `discard`. `content` is the fix of a command. Rejects when it cannot be done.
   */
  async decide(service: ServiceName, poison: Poison, decision: Decision, content?: string): Promise<Decision> {
    const deadline = performance.now() + TIMEOUT_MS;
    const what = `${poison.type} ${poison.messageId} of ${service}`;
    const id = await this.#until(deadline, `${what} was not put aside`, () => this.#deadLetter(service, poison));
    if (decision === 'left') return 'left';
    const fix = decision === 'fix' ? (content ?? (await this.#contentBehind(service, poison))) : undefined;
    const subject = `message:${id}`;
    if (fix !== undefined) {
      await this.#until(deadline, `${what} cannot be fixed`, async () => {
        await this.#type(service, ['fix', subject, ...NOTE], fix);
        return true;
      });
    }
    const last = fix === undefined ? ['discard', subject, ...NOTE] : ['replay', subject];
    // A dead letter that is gone counts as decided: the service itself repeats a replay that an outage interrupted, and an
    // answer may be lost.
    await this.#until(deadline, `${what} cannot be decided by ${last.join(' ')}`, async () => {
      if (!(await this.#isThere(service, id))) return true;
      await this.#type(service, last);
      return undefined;
    });
    return fix === undefined ? 'discard' : 'fix';
  }

  async #until<T>(deadline: number, otherwise: string, look: () => Promise<T | undefined>): Promise<T> {
    let why = '';
    for (;;) {
      this.#options.signal.throwIfAborted();
      try {
        const found = await look();
        if (found !== undefined) return found;
      } catch (error) {
        why = `: ${error instanceof Error ? error.message : String(error)}`;
      }
      if (performance.now() > deadline) throw new Error(`${otherwise} within ${TIMEOUT_MS / 1000} s${why}`);
      await sleep(LOOK_EVERY_MS, undefined, { signal: this.#options.signal });
    }
  }

  /** Its row's id, once nothing but an operator can do anything about it. */
  async #deadLetter(service: ServiceName, { messageId }: Poison): Promise<string | undefined> {
    const rows = await query<{ id: string }>(
      this.#options.databases[service],
      'SELECT id FROM messaging.parked_messages WHERE message_id = $1 AND code IS NOT NULL AND retry_at IS NULL',
      [messageId],
    );
    return rows[0]?.id;
  }

  async #isThere(service: ServiceName, id: string): Promise<boolean> {
    const rows = await query(
      this.#options.databases[service],
      'SELECT 1 FROM messaging.parked_messages WHERE id = $1',
      [id],
    );
    return rows.length > 0;
  }

  /** What the real event says, which waits behind. */
  async #contentBehind(service: ServiceName, { orderId, type, messageId }: Poison): Promise<string | undefined> {
    const until = performance.now() + CONTENT_MS;
    do {
      const rows = await query<{ payload: Buffer }>(
        this.#options.databases[service],
        'SELECT payload FROM messaging.parked_messages WHERE held_key = $1 AND type = $2 AND message_id <> $3',
        [orderId, type, messageId],
      ).catch(() => []);
      if (rows[0] !== undefined) return rows[0].payload.toString('utf8');
      await sleep(LOOK_EVERY_MS, undefined, { signal: this.#options.signal });
    } while (performance.now() < until);
    return undefined;
  }

  /** Runs the service's own command. Rejects with what it says when it fails. */
  async #type(service: ServiceName, command: readonly string[], input = ''): Promise<void> {
    const { environmentOf, signal } = this.#options;
    const run = async (): Promise<void> => {
      const running = promisify(execFile)(process.execPath, [entryPoint('apps', service), 'dead-letters', ...command], {
        env: environmentOf(service),
        timeout: COMMAND_MS,
        signal,
      });
      // One that ends before it reads says why by itself.
      running.child.stdin?.on('error', () => undefined).end(input);
      await running;
    };
    const mine = this.#typing.then(run);
    this.#typing = mine.catch(() => undefined);
    return mine;
  }
}
