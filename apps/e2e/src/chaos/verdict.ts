import { readFacts } from '../facts.js';
import { type Facts, judgeForGood, judgeForNow } from '../judge.js';
import type { MailFolder } from '../mail-folder.js';
import { notReady } from '../readiness.js';
import { brokenBounds } from './bounds.js';
import { handledOtherwise, readHandled } from './handled-order.js';
import type { Load } from './load.js';
import { type LogFindings, readLog } from './log-reader.js';
import { everParked, nowParked, parkedUnplanted, wronglyParked } from './parked.js';
import type { Poison } from './poison.js';
import { reconciled } from './reconciled.js';
import type { Rig } from './rig.js';

/** What the load and the injector wrote down. Nobody else writes to it. */
export interface Ledger extends Load {
  readonly planted: readonly Poison[];
  /** One sentence per message that was handled although its key was blocked. */
  readonly overtaking: readonly string[];
  /** One sentence per fault that could not be carried out. */
  readonly undone: readonly string[];
}

export interface Verdict {
  readonly facts: Facts;
  /** Undefined while something else was wrong: the log is read once it no longer grows. */
  readonly record: LogFindings | undefined;
  /** Rows that were put aside at any time. */
  readonly parked: number;
  /** Something is broken that no waiting mends. */
  readonly hopeless: boolean;
  /** One sentence per broken promise. What is nearest to a cause first. */
  readonly violations: readonly string[];
}

/** Compares what was promised with what is there; knows databases, provider, mails and the log, and no service code. */
export class Judge {
  readonly #rig: Rig;
  readonly #ledger: Ledger;
  readonly #seeded: ReadonlyMap<string, number>;
  readonly #mails: MailFolder;

  constructor(options: { rig: Rig; ledger: Ledger; seeded: ReadonlyMap<string, number>; mails: MailFolder }) {
    this.#rig = options.rig;
    this.#ledger = options.ledger;
    this.#seeded = options.seeded;
    this.#mails = options.mails;
  }

  /** `last`: reads the log, too, although something else is wrong. */
  async look(last: boolean): Promise<Verdict> {
    const { databases, system } = this.#rig;
    const { sent, cancelRequested, refused, planted, overtaking, undone } = this.#ledger;
    const facts = await readFacts({
      databases,
      provider: { url: system.tool('provider').url, key: system.providerKey },
      mails: this.#mails,
      accepted: sent.map(({ orderId }) => orderId),
      cancelRequested,
      seeded: this.#seeded,
    });
    const parked = await everParked(databases);
    const seen = this.#withoutPoison(facts);
    const forGood = [
      ...overtaking,
      ...parkedUnplanted(parked, planted),
      ...judgeForGood(seen),
      ...this.#unasked(facts),
      ...refused,
      ...undone,
    ];
    const violations = [
      ...forGood,
      ...judgeForNow(seen),
      ...wronglyParked(await nowParked(databases), planted),
      ...(await brokenBounds(databases)),
      ...(await notReady(system.services)),
    ];
    const record = violations.length === 0 || last ? await this.#record() : undefined;
    const inLog = record === undefined ? [] : [...(await this.#inLog(record)), ...(await reconciled(system))];
    return {
      facts,
      record,
      parked: parked.length,
      hopeless: forGood.length > 0,
      violations: [...violations, ...inLog],
    };
  }

  /**
   * Dead letters are compared with the poison elsewhere. A repeat that an operator made has the version of what it
   * repeats: the order of such a timeline is compared with the log's, message by message.
   */
  #withoutPoison(facts: Facts): Facts {
    const poisoned = new Set(this.#ledger.planted.map(({ orderId }) => orderId));
    const timelines = facts.timelines.map((line) => (poisoned.has(line.orderId) ? { ...line, versions: [] } : line));
    return { ...facts, timelines, deadLetters: [] };
  }

  /** A client that repeats its request must not get two orders. One that gave up may have one that it does not know. */
  #unasked({ orders }: Facts): string[] {
    if (this.#ledger.refused.length > 0) return [];
    const known = new Set(this.#ledger.sent.map(({ orderId }) => orderId));
    return orders.filter(({ id }) => !known.has(id)).map(({ id }) => `order ${id} is there and nobody placed it`);
  }

  #record(): Promise<LogFindings> {
    return readLog(this.#rig.backing.kafka.url, new Set(this.#ledger.planted.map(({ messageId }) => messageId)));
  }

  async #inLog({ inversions, ids }: LogFindings): Promise<string[]> {
    const discarded = this.#ledger.planted.filter(({ decisions }) => decisions.gateway !== 'fix');
    const handled = await readHandled(this.#rig.databases.gateway);
    return [...inversions, ...handledOtherwise(ids, handled, new Set(discarded.map(({ messageId }) => messageId)))];
  }
}
