/** Where "now" comes from, so that a test can set it. Correctness never depends on two clocks agreeing. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
