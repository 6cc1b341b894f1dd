import { messageOf } from '@dozen/kernel';
import { LOGGER } from '@dozen/service';
import { Sessions } from '@dozen/session';
import type { Logger } from '@dozen/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { EventStream } from './event-stream.js';

/*
 * | name | why this value |
 * |---|---|
 * | lookMs | a stream outlives its token or session by so much; one question to the session store in this time, however many streams |
 */
const policy = { lookMs: 2_000 };

/** What a stream's right to go on depends on. */
export interface Admission {
  /** When the token behind the stream ends. */
  readonly until: Date;
  /** The session behind the stream, if there is one. It may end before the token does. */
  readonly session: string | undefined;
}

/**
 * The event streams of this process. Each lasts as long as its token or session: a stream is requested once, and would
 * otherwise go on for days. While the session store does not answer, streams go on until their tokens end.
 */
@Injectable()
export class OpenStreams {
  readonly #streams = new Map<EventStream, Admission>();
  #looks: NodeJS.Timeout | undefined;

  constructor(
    private readonly sessions: Sessions,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Until the stream closes. */
  add(stream: EventStream, admission: Admission): void {
    this.#streams.set(stream, admission);
    this.#looks ??= setInterval(() => void this.#look(), policy.lookMs);
    stream.once('close', () => {
      this.#streams.delete(stream);
      if (this.#streams.size > 0) return;
      clearInterval(this.#looks);
      this.#looks = undefined;
    });
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const now = Date.now();
    for (const [stream, { until }] of this.#streams) {
      if (until.getTime() <= now) stream.expire('AUTH-INVALID-TOKEN', 'the token has ended');
    }
    const bySession = [...this.#streams].flatMap(([stream, { session }]) =>
      session === undefined ? [] : [{ stream, session }],
    );
    if (bySession.length === 0) return;
    try {
      const living = await this.sessions.living(new Set(bySession.map(({ session }) => session)));
      for (const { stream, session } of bySession) {
        if (!living.has(session)) stream.expire('AUTH-REQUIRED', 'the session is over');
      }
    } catch (error) {
      this.logger.warn({ reason: messageOf(error) }, 'the sessions of open streams cannot be looked up');
    }
  }
}
