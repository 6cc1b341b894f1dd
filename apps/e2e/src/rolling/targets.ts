import { pause } from '@dozen/kernel';

/**
 * What load balancers are set to.
 *
 * | name | why this value |
 * |---|---|
 * | probeEveryMs | shorter than the grace in which a draining process still accepts (HTTP_DRAIN_GRACE_MS) |
 * | probeTimeoutMs | as long as a health check has; a process that takes longer gets no traffic |
 */
const POLICY = { probeEveryMs: 100, probeTimeoutMs: 1_000 };

export interface Target {
  readonly url: URL;
  ready: boolean;
}

/** Processes behind a load balancer, by what their /readyz says. */
export class Targets {
  readonly #targets: readonly Target[];
  readonly #ending = new AbortController();
  #turn = 0;

  private constructor(urls: readonly string[]) {
    this.#targets = urls.map((url) => ({ url: new URL(url), ready: false }));
  }

  /** Resolves when each was asked once. */
  static async watch(urls: readonly string[]): Promise<Targets> {
    const targets = new Targets(urls);
    await Promise.all(targets.#targets.map((target) => targets.#probe(target)));
    for (const target of targets.#targets) void targets.#watch(target);
    return targets;
  }

  /** Round robin over those that are ready; undefined when none is. */
  next(): Target | undefined {
    const ready = this.#targets.filter((target) => target.ready);
    return ready[this.#turn++ % ready.length];
  }

  /** Whether the process at this address is sent anything new. */
  has(url: string): boolean {
    return this.#targets.some((target) => target.url.origin === new URL(url).origin && target.ready);
  }

  stop(): void {
    this.#ending.abort();
  }

  async #watch(target: Target): Promise<void> {
    while (!this.#ending.signal.aborted) {
      await pause(POLICY.probeEveryMs, this.#ending.signal);
      await this.#probe(target);
    }
  }

  async #probe(target: Target): Promise<void> {
    try {
      const signal = AbortSignal.timeout(POLICY.probeTimeoutMs);
      // A connection of its own, as probes have: one that was kept alive may be closed already.
      const answer = await fetch(new URL('/readyz', target.url), { signal, headers: { connection: 'close' } });
      await answer.arrayBuffer();
      target.ready = answer.ok;
    } catch {
      target.ready = false;
    }
  }
}
