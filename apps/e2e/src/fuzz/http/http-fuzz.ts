import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Findings } from '../finding.js';
import type { OpenOrders } from '../open-orders.js';
import type { Replay } from '../options.js';
import { pursue } from '../pursue.js';
import { caseAt, caseOf, seedOf } from '../seeds.js';
import type { World } from '../world.js';
import { Customers } from './customers.js';
import { type HttpCase, httpCases, routeOf } from './http-case.js';
import { judgeHttp } from './http-oracle.js';
import { oddity, type Request, requestOf } from './request.js';
import { type Exchange, type Outcome, Wire } from './wire.js';

/** How many connections are open at once: so many keep the gateway busy, which shares the machine with the fuzz. */
const AT_ONCE = 12;
const ANSWER_MS = 20_000;
/** What must not be waited for: the server rightly waits for the rest. */
const INCOMPLETE_MS = 300;
/** How long to wait for a stream that may rightly be silent, since nobody knows whether anything is to come. */
const SILENT_STREAM_MS = 5_000;
/** A backing service that stands still for a moment makes the gateway unready, as it should; external clients must not keep it so. */
const READY_AGAIN_MS = 15_000;
const LOOK_MS = 500;
const SHRINK_MS = 20_000;
const SHOWN_CHARACTERS = 1_500;

export interface HttpFuzzOptions {
  readonly world: World;
  readonly orders: OpenOrders;
  readonly seed: number;
  readonly findings: Findings;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** An external client of the gateway. */
export class HttpFuzz {
  readonly #options: HttpFuzzOptions;
  readonly #customers: Customers;
  readonly #wire: Wire;
  readonly #accepted = new Set<string>();
  #done = 0;
  #unready = 0;

  private constructor(options: HttpFuzzOptions, customers: Customers) {
    this.#options = options;
    this.#customers = customers;
    this.#wire = new Wire(() => options.world.system.service('gateway').port);
  }

  static async open(options: HttpFuzzOptions): Promise<HttpFuzz> {
    return new HttpFuzz(options, await Customers.open(options.world));
  }

  /** Orders that got a 2xx. */
  get accepted(): readonly string[] {
    return [...this.#customers.orderIds, ...this.#accepted];
  }

  get done(): number {
    return this.#done;
  }

  /** How often the gateway said that it was not ready, and soon was. */
  get unready(): number {
    return this.#unready;
  }

  /** Sends the cases `from` to `to`, `to` not included. */
  async run(from: number, to: number, stop: () => boolean): Promise<void> {
    let next = from;
    const worker = async (): Promise<void> => {
      while (next < to && !stop() && !this.#options.signal.aborted) {
        const index = next++;
        await this.#one(index);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  /** Sends what a finding names. */
  async replay({ from, path }: Replay): Promise<void> {
    const seed = seedOf(this.#options.seed, { kind: 'http', index: from });
    const one = path === undefined ? caseOf(httpCases, seed) : await caseAt(httpCases, seed, path);
    const { fault, sent } = await this.#send(one);
    this.#options.log(sent);
    if (fault === undefined) return;
    this.#options.findings.add({ fault, sent, replay: { kind: 'http', from, to: from, path }, afterCases: 1 });
  }

  stop(): void {
    this.#wire.stop();
  }

  async #one(index: number): Promise<void> {
    const seed = seedOf(this.#options.seed, { kind: 'http', index });
    const { fault, sent } = await this.#send(caseOf(httpCases, seed));
    this.#done += 1;
    if (fault === undefined) return;
    const { findings, log } = this.#options;
    await pursue({
      findings,
      arbitrary: httpCases,
      runSeed: this.#options.seed,
      id: { kind: 'http', index },
      suspect: { fault, sent },
      again: async (one) => {
        const again = await this.#send(one);
        return again.fault === undefined ? undefined : { fault: again.fault, sent: again.sent };
      },
      afterCases: this.#done,
      forMs: SHRINK_MS,
      log,
    });
  }

  async #send(one: HttpCase): Promise<{ readonly fault: Fault | undefined; readonly sent: string }> {
    const route = routeOf(one);
    const request = await requestOf(one, this.#customers);
    const exchange = exchangeOf(one, request, route.stream === true);
    const first = await this.#wire.exchange(exchange);
    const outcome = route.path === '/readyz' ? await this.#readyAgain(exchange, first) : first;
    this.#note(outcome);
    return { fault: judgeHttp(one, route, request, outcome), sent: shownBytes(request.bytes) };
  }

  /** The first answer that is no 503, or the last one. */
  async #readyAgain(exchange: Exchange, first: Outcome): Promise<Outcome> {
    if (!isUnready(first)) return first;
    this.#unready += 1;
    this.#options.log(`not ready: ${first.answer.body}`);
    const began = performance.now();
    let outcome: Outcome = first;
    while (isUnready(outcome) && performance.now() - began < READY_AGAIN_MS) {
      await sleep(LOOK_MS);
      outcome = await this.#wire.exchange(exchange);
    }
    return outcome;
  }

  /** What was accepted must reach its end, whatever it looked like. */
  #note(outcome: Outcome): void {
    if (outcome.kind !== 'answer' || outcome.answer.status !== 202) return;
    const [, id] = /"id":"([0-9a-f-]{36})"/.exec(outcome.answer.body) ?? [];
    if (id === undefined || this.#accepted.has(id)) return;
    this.#accepted.add(id);
    this.#options.orders.add(id);
  }
}

function isUnready(outcome: Outcome): outcome is Extract<Outcome, { readonly kind: 'answer' }> {
  return outcome.kind === 'answer' && outcome.answer.status === 503;
}

function exchangeOf(one: HttpCase, request: Request, stream: boolean): Exchange {
  const transport = oddity(one, 'transport');
  const odd = (transport !== undefined && transport.grade !== 'legal') || request.method === 'CONNECT';
  const { bytes, headLength } = request;
  const whole = {
    bytes,
    head: request.method === 'HEAD',
    alone: odd || transport?.how === 'connection-close',
    deadlineMs: odd ? INCOMPLETE_MS : ANSWER_MS,
  };
  if (transport?.how === 'abort-head') return { ...whole, abortAfter: Math.floor(headLength / 2) };
  if (transport?.how === 'abort-body') return { ...whole, abortAfter: Math.max(headLength, bytes.length - 1) };
  const longestMs = request.grade === 'legal' ? ANSWER_MS : SILENT_STREAM_MS;
  return stream
    ? { ...whole, deadlineMs: odd ? INCOMPLETE_MS : longestMs, enough: (body) => body.includes('event: ') }
    : whole;
}

function shownBytes(bytes: Buffer): string {
  const whole = bytes
    .toString('latin1')
    .replace(
      /eyJ[\w-]*\.(eyJ[\w-]*)\.[\w-]*/g,
      (_jwt, payload: string) => `<JWT ${Buffer.from(payload, 'base64url').toString()}>`,
    );
  const text = JSON.stringify(whole.slice(0, SHOWN_CHARACTERS));
  return whole.length > SHOWN_CHARACTERS ? `${text} … ${bytes.length} bytes` : text;
}
