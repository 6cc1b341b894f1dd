/** What was seen after a run, read by the judge's own eyes: SQL, the provider's HTTP, mail files. No service code. */
export interface Facts {
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
}

/** One sentence per broken promise; empty when all hold. */
export function judge(facts: Facts): string[] {
  return [...judgeForGood(facts), ...judgeForNow(facts)];
}

/** What is broken for good: no waiting mends it. */
export function judgeForGood(facts: Facts): string[] {
  return [...doubledCharges(facts), ...doubledMails(facts), ...brokenTimelines(facts)];
}

/** What is broken unless it is still under way. */
export function judgeForNow(facts: Facts): string[] {
  return [
    ...lostOrStuck(facts),
    ...stockNotConserved(facts),
    ...moneyNotConserved(facts),
    ...missingMails(facts),
    ...facts.deadLetters.map((letter) => `a dead letter that nobody planted: ${letter}`),
  ];
}

const FINAL = new Set(['confirmed', 'rejected']);

function lostOrStuck({ accepted, orders }: Facts): string[] {
  const byId = new Map(orders.map((order) => [order.id, order]));
  return accepted.flatMap((id) => {
    const order = byId.get(id);
    if (order === undefined) return [`order ${id} was accepted and is lost`];
    if (!FINAL.has(order.status)) return [`order ${id} is stuck in ${order.status}`];
    return order.shown === order.status ? [] : [`order ${id} is ${order.status} and shown as ${order.shown}`];
  });
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

/** People hear of an order twice: that it was placed, if it had a price, and how it ended. */
function missingMails({ accepted, orders, mails }: Facts): string[] {
  const sent = new Set(mails.map(({ orderId, template }) => `${template} of order ${orderId}`));
  const wanted = new Set(accepted);
  return orders
    .filter(({ id, status }) => wanted.has(id) && FINAL.has(status))
    .flatMap(({ id, status, total }) => [
      ...(total === undefined ? [] : [`order-placed of order ${id}`]),
      `order-${status} of order ${id}`,
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
