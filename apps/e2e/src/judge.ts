/**
 * The state of the system after a run, as the judge reads it itself: by SQL, the provider's HTTP interface and the mail files,
 * without service code.
 */
export interface Facts {
  /** Orders that somebody asked to be cancelled, whatever came of it. */
  readonly cancelRequested: readonly string[];
  /** Orders that got a 2xx or whose command the broker acknowledged, with the client's last view of their status. */
  readonly accepted: readonly string[];
  readonly orders: readonly OrderFact[];
  readonly stock: readonly {
    readonly sku: string;
    readonly available: number;
    readonly reserved: number;
    readonly sold: number;
  }[];
  /** Units of each SKU that the seed put in. */
  readonly seeded: ReadonlyMap<string, number>;
  readonly payments: readonly { readonly orderId: string; readonly state: string; readonly amount: number }[];
  /** Sum of the entries of each ledger transaction; minor units. */
  readonly ledgerSums: readonly { readonly transaction: string; readonly sum: number }[];
  /** What the ledger says the provider has taken; minor units. */
  readonly clearing: number;
  readonly charges: readonly {
    readonly key: string;
    readonly reference: string;
    readonly status: string;
    readonly amount: number;
  }[];
  readonly mails: readonly { readonly orderId: string; readonly template: string; readonly messageId: string }[];
  readonly timelines: readonly {
    readonly orderId: string;
    readonly positions: readonly number[];
    readonly versions: readonly number[];
  }[];
  readonly deadLetters: readonly string[];
}

export interface OrderFact {
  readonly id: string;
  readonly status: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  /** Minor units; undefined for one rejected before it had a price. */
  readonly total: number | undefined;
  /** Status in the gateway's view. */
  readonly shown: string | undefined;
  /** What the gateway's view says of a cancellation, if one was asked for. */
  readonly cancellation: string | undefined;
  /** Why it was refused, if it was. */
  readonly refusal: string | undefined;
}

/** One sentence per broken promise; empty when all hold. */
export function judge(facts: Facts): string[] {
  return [...judgeForGood(facts), ...judgeForNow(facts)];
}

/** What is broken for good: no waiting mends it. */
export function judgeForGood(facts: Facts): string[] {
  return [
    ...doubledCharges(facts),
    ...doubledMails(facts),
    ...brokenTimelines(facts),
    ...unasked(facts),
    ...overtaken(facts),
  ];
}

/** What is broken unless it is still under way. */
export function judgeForNow(facts: Facts): string[] {
  return [
    ...lostOrStuck(facts),
    ...stuckPayments(facts),
    ...stockNotConserved(facts),
    ...moneyNotConserved(facts),
    ...missingMails(facts),
    ...facts.deadLetters.map((letter) => `a dead letter that nobody planted: ${letter}`),
  ];
}

const FINAL = new Set(['confirmed', 'rejected', 'cancelled']);
const FINAL_PAYMENT = new Set(['captured', 'declined', 'voided', 'refunded']);

function lostOrStuck({ accepted, orders }: Facts): string[] {
  const byId = new Map(orders.map((order) => [order.id, order]));
  return accepted.flatMap((id) => {
    const order = byId.get(id);
    if (order === undefined) return [`order ${id} was accepted and is lost`];
    if (!FINAL.has(order.status)) return [`order ${id} is stuck in ${order.status}`];
    if (order.shown !== order.status) return [`order ${id} is ${order.status} and shown as ${order.shown}`];
    return order.cancellation === 'requested' ? [`the cancellation of order ${id} was never answered`] : [];
  });
}

function stuckPayments({ payments }: Facts): string[] {
  return payments
    .filter(({ state }) => !FINAL_PAYMENT.has(state))
    .map(({ orderId, state }) => `the payment of order ${orderId} is stuck in ${state}`);
}

/** Whoever asks has placed it before. */
function overtaken({ orders }: Facts): string[] {
  return orders
    .filter(({ refusal }) => refusal === 'ORD-UNKNOWN')
    .map(({ id }) => `the cancellation of order ${id} came before the order`);
}

/** Judges the orders of this run alone: what became of earlier ones is not known here. */
function unasked({ accepted, orders, cancelRequested }: Facts): string[] {
  const [mine, asked] = [new Set(accepted), new Set(cancelRequested)];
  return orders
    .filter(({ id, status }) => status === 'cancelled' && mine.has(id) && !asked.has(id))
    .map(({ id }) => `order ${id} was cancelled and nobody asked for it`);
}

function stockNotConserved({ stock, seeded, orders }: Facts): string[] {
  const sold = new Map<string, number>();
  for (const order of orders.filter(({ status }) => status === 'confirmed')) {
    for (const { sku, quantity } of order.items) sold.set(sku, (sold.get(sku) ?? 0) + quantity);
  }
  return stock.flatMap(({ sku, available, reserved, sold: booked }) => {
    const faults: string[] = [];
    if (available < 0) faults.push(`stock of ${sku} is negative`);
    if (available + reserved + booked !== seeded.get(sku)) faults.push(`units of ${sku} appeared or vanished`);
    if (reserved !== 0) faults.push(`${reserved} units of ${sku} stay reserved`);
    if (booked !== (sold.get(sku) ?? 0))
      faults.push(`${booked} units of ${sku} are sold, confirmed orders have ${sold.get(sku) ?? 0}`);
    return faults;
  });
}

function moneyNotConserved({ ledgerSums, clearing, charges, orders, payments }: Facts): string[] {
  const captured = sum(charges.filter(({ status }) => status === 'captured').map(({ amount }) => amount));
  const confirmed = sum(orders.filter(({ status }) => status === 'confirmed').map(({ total }) => total ?? 0));
  const paid = new Map(payments.map((payment) => [payment.orderId, payment]));
  return [
    ...ledgerSums
      .filter((entry) => entry.sum !== 0)
      .map(({ transaction }) => `ledger transaction ${transaction} does not balance`),
    ...(captured === clearing ? [] : [`the provider took ${captured}, the ledger says ${clearing}`]),
    ...(captured === confirmed ? [] : [`the provider took ${captured}, confirmed orders cost ${confirmed}`]),
    ...orders
      .filter(({ id, status }) => status === 'confirmed' && paid.get(id)?.state !== 'captured')
      .map(({ id }) => `order ${id} is confirmed and not paid`),
  ];
}

function doubledCharges({ charges }: Facts): string[] {
  return [
    ...repeated(charges.map(({ key }) => key)).map((key) => `the provider has two charges of key ${key}`),
    ...repeated(charges.map(({ reference }) => reference)).map((order) => `order ${order} was charged twice`),
  ];
}

/** The mails that an order must have: that it was placed, if it had a price; how it ended; and that money was refunded. */
function missingMails({ accepted, orders, mails, payments }: Facts): string[] {
  const refunded = new Set(payments.filter(({ state }) => state === 'refunded').map(({ orderId }) => orderId));
  const sent = new Set(mails.map(({ orderId, template }) => `${template} of order ${orderId}`));
  const wanted = new Set(accepted);
  return orders
    .filter(({ id, status }) => wanted.has(id) && FINAL.has(status))
    .flatMap(({ id, status, total }) => [
      ...(total === undefined ? [] : [`order-placed of order ${id}`]),
      `order-${status} of order ${id}`,
      ...(refunded.has(id) ? [`order-refunded of order ${id}`] : []),
    ])
    .filter((mail) => !sent.has(mail))
    .map((mail) => `${mail} was never sent`);
}

/** The same mail twice is at-least-once; two Message-IDs for one mail are not. */
function doubledMails({ mails }: Facts): string[] {
  const ids = Map.groupBy(mails, ({ orderId, template }) => `${template} of order ${orderId}`);
  return [...ids].flatMap(([mail, all]) => {
    const distinct = new Set(all.map(({ messageId }) => messageId)).size;
    return distinct === 1 ? [] : [`${mail} went out under ${distinct} Message-IDs`];
  });
}

function brokenTimelines({ timelines }: Facts): string[] {
  return timelines.flatMap(({ orderId, positions, versions }) => {
    const faults: string[] = [];
    if (positions.some((position, index) => position !== index + 1))
      faults.push(`the timeline of ${orderId} has a gap`);
    if (versions.some((version, index) => version <= (versions[index - 1] ?? 0))) {
      faults.push(`events of order ${orderId} were handled out of order`);
    }
    return faults;
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(values.filter((value) => seen.size === seen.add(value).size))];
}
