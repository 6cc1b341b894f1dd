/** Message number → when the message was there, by the clock of `machineNow`, in the order of arrival. */
export type Arrivals = readonly { readonly n: number; readonly at: number }[];

/** Notes first arrivals until `expected` are there. */
export class ArrivalBook {
  readonly #arrivals = new Map<number, number>();
  readonly #complete = Promise.withResolvers<Arrivals>();

  constructor(private readonly expected: number) {}

  get complete(): Promise<Arrivals> {
    return this.#complete.promise;
  }

  add(n: number, at: number): void {
    if (!this.#arrivals.has(n)) this.#arrivals.set(n, at);
    if (this.#arrivals.size === this.expected) {
      this.#complete.resolve([...this.#arrivals].map(([number, when]) => ({ n: number, at: when })));
    }
  }
}
