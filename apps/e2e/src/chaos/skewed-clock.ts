/**
 * Preloaded (`--import`) into a service process by the rig: its wall clock is off by CHAOS_CLOCK_SKEW_MS. Timers and
 * `performance` go on as they are, as they do in a process on a machine whose clock is wrong.
 */
const skewMs = Number(process.env['CHAOS_CLOCK_SKEW_MS'] ?? 0);
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct(target, args: [], newTarget) {
    const given: unknown[] = args;
    return Reflect.construct(target, given.length === 0 ? [RealDate.now() + skewMs] : given, newTarget) as Date;
  },
  apply: () => new RealDate(RealDate.now() + skewMs).toString(),
  get(target, name, receiver): unknown {
    return name === 'now' ? () => RealDate.now() + skewMs : Reflect.get(target, name, receiver);
  },
});
