import {
  advancePayment,
  awaitedCharge,
  book,
  type ChargeAnswer,
  type Payment,
  requestPayment,
} from '@dozen/billing/domain';
import { acceptOrder, cancelOrder, type Order, settleOrder, type StockMovement } from '@dozen/orders/domain';
import { CUSTOMER, type Job, type JobName, ORDER_ID, type Provider, TOTAL, UNITS, type World } from './world.js';

/** Something that can happen next, and the world after it. */
export interface Step {
  readonly name: string;
  readonly to: World;
}

type Card = 'good' | 'bad';

/** Everything that can happen next, each as one transaction of one service, or as one effect at the provider. */
export function stepsFrom(world: World, card: Card): Step[] {
  return [...client(world), ...services(world), ...jobs(world, card)];
}

function client(world: World): Step[] {
  const { wishes, commands } = world;
  const steps: Step[] = [];
  if (wishes.place > 0) {
    const to = {
      ...world,
      commands: [...commands, 'PlaceOrder' as const],
      wishes: { ...wishes, place: wishes.place - 1 },
    };
    steps.push({ name: 'the client places', to });
  }
  if (wishes.cancel > 0) {
    const to = {
      ...world,
      commands: [...commands, 'CancelOrder' as const],
      wishes: { ...wishes, cancel: wishes.cancel - 1 },
    };
    steps.push({ name: 'the client cancels', to });
  }
  return steps;
}

function services(world: World): Step[] {
  const { commands, ordersEvents, billingEvents } = world;
  const [command, ...moreCommands] = commands;
  const [orderEvent, ...moreOrderEvents] = ordersEvents;
  const [billingEvent, ...moreBillingEvents] = billingEvents;
  const steps: Step[] = [];
  if (command !== undefined) {
    const before = { ...world, commands: moreCommands };
    steps.push({ name: `orders: ${command}`, to: command === 'PlaceOrder' ? place(before) : cancel(before) });
  }
  if (orderEvent !== undefined) {
    const before = { ...world, ordersEvents: moreOrderEvents };
    const to = orderEvent === 'OrderPlaced' ? open(before) : advance(before, { kind: 'OrderCancelling' });
    steps.push({ name: `billing: ${orderEvent}`, to });
  }
  if (billingEvent !== undefined) {
    const before = { ...world, billingEvents: moreBillingEvents };
    steps.push({ name: `orders: ${billingEvent.input}`, to: settle(before, billingEvent) });
  }
  return steps;
}

function place(world: World): World {
  if (world.order !== null) return world;
  const items = [{ sku: 'MUG', quantity: UNITS }];
  const quote = {
    items: [{ ...items[0], sku: 'MUG', quantity: UNITS, name: 'Mug', unitPrice: { amount: 1250, currency: 'EUR' } }],
    total: TOTAL,
  };
  const customer = { id: CUSTOMER, email: 'ada@example.org', locale: 'en' };
  const { order, stock } = acceptOrder({ id: ORDER_ID, contentHash: 'h', customer, items }, quote);
  return { ...move({ ...world, order }, stock), ordersEvents: [...world.ordersEvents, 'OrderPlaced'] };
}

function cancel(world: World): World {
  const cancellation = cancelOrder(world.order ?? undefined, CUSTOMER);
  if (cancellation.kind !== 'change') return world;
  const { order, stock } = cancellation.change;
  return { ...move({ ...world, order }, stock), ordersEvents: [...world.ordersEvents, 'OrderCancelling'] };
}

export function settle(world: World, outcome: World['billingEvents'][number]): World {
  const settlement = settleOrder(world.order ?? undefined, outcome);
  return settlement === undefined ? world : move({ ...world, order: settlement.order }, settlement.stock);
}

function move(world: World & { readonly order: Order }, movements: readonly StockMovement[]): World {
  const stock = movements.reduce(
    (level, by) => ({
      available: level.available + by.available,
      reserved: level.reserved + by.reserved,
      sold: level.sold + by.sold,
    }),
    world.stock,
  );
  return { ...world, stock };
}

function open(world: World): World {
  if (world.payment !== null) return world;
  const invoice = { id: 'i-1', orderId: ORDER_ID, customerId: CUSTOMER, lines: [], total: TOTAL };
  const payment = requestPayment(invoice, { id: 'p-1', paymentToken: 'tok' });
  const jobs: World['jobs'] = { ...world.jobs, charge: 'due', timeOut: 'due' };
  return { ...world, payment, booked: ['invoice'], jobs };
}

export function advance(world: World, input: Parameters<typeof advancePayment>[1]): World {
  if (world.payment === null) throw new Error('billing hears of a payment that it does not have');
  const next = advancePayment(world.payment, input);
  if (next === undefined) return world;
  const { payment, change } = next;
  const { booked, jobs, billingEvents } = world;
  return {
    ...world,
    payment,
    booked: change.books === undefined ? booked : [...booked, book(change.books, payment).booking],
    jobs: change.asks === undefined ? jobs : { ...jobs, [change.asks]: 'due' },
    billingEvents: change.event === undefined ? billingEvents : [...billingEvents, outcomeOf(change.event, payment)],
  };
}

function outcomeOf(event: string, { voidReason }: Payment): World['billingEvents'][number] {
  const reason = voidReason ?? 'provider';
  switch (event) {
    case 'PaymentCaptured':
      return { input: event, orderId: ORDER_ID, amount: TOTAL };
    case 'PaymentDeclined':
      return { input: event, orderId: ORDER_ID, reason: 'card_declined' };
    case 'PaymentVoided':
      return { input: event, orderId: ORDER_ID, reason };
    case 'PaymentRefunded':
      return { input: event, orderId: ORDER_ID, amount: TOTAL, reason };
    default:
      throw new Error(`no such event: ${event}`);
  }
}

function jobs(world: World, card: Card): Step[] {
  const { charge, void: voiding, refund, timeOut } = world.jobs;
  return [
    ...(timeOut === 'due'
      ? [{ name: 'the timer', to: advance(withJob(world, 'timeOut', 'none'), { kind: 'TimedOut' }) }]
      : []),
    ...asking(world, 'charge', charge, () => charged(world.provider, card)),
    ...asking(world, 'void', voiding, () => voided(world.provider)),
    ...asking(world, 'refund', refund, () => refunded(world.provider)),
  ];
}

/** The life of a job that asks: due → request on its way → effect, and the answer comes or is lost → written down. */
function asking(
  world: World,
  name: Exclude<JobName, 'timeOut'>,
  job: Job,
  effect: () => [Provider, ChargeAnswer],
): Step[] {
  if (job === 'none') return [];
  if (job === 'due')
    return [{ name: `${name}: begins`, to: withJob(world, name, isAwaited(world, name) ? 'sent' : 'none') }];
  if (job !== 'sent') return [{ name: `${name}: ${job.kind}`, to: advance(withJob(world, name, 'none'), job) }];
  const [provider, answer] = effect();
  const done = { ...world, provider };
  const lost = { ...withJob(done, name, 'due'), losses: world.losses - 1 };
  return [
    { name: `${name}: the provider answers`, to: withJob(done, name, answer) },
    ...(world.losses > 0 ? [{ name: `${name}: the answer is lost`, to: lost }] : []),
  ];
}

function isAwaited({ payment }: World, name: Exclude<JobName, 'timeOut'>): boolean {
  if (payment === null) return false;
  if (name === 'charge') return awaitedCharge(payment) !== undefined;
  return payment.state === { void: 'voiding', refund: 'refunding' }[name];
}

function withJob(world: World, name: JobName, job: Job): World {
  return { ...world, jobs: { ...world.jobs, [name]: job } };
}

function charged(provider: Provider, card: Card): [Provider, ChargeAnswer] {
  const outcome = provider.voided ? 'cancelled' : card === 'good' ? 'captured' : 'declined';
  const charge = provider.charge === 'none' ? outcome : provider.charge;
  return [{ ...provider, charge }, answerOf(charge)];
}

function voided(provider: Provider): [Provider, ChargeAnswer] {
  return provider.charge === 'none'
    ? [
        { ...provider, voided: true },
        { kind: 'ChargeVoided', reference: null },
      ]
    : [provider, answerOf(provider.charge)];
}

function refunded(provider: Provider): [Provider, ChargeAnswer] {
  if (provider.charge !== 'captured' && provider.charge !== 'refunded') throw new Error('nothing to give back');
  return [{ ...provider, charge: 'refunded' }, answerOf('refunded')];
}

function answerOf(charge: Provider['charge']): ChargeAnswer {
  const reference = 'ch-1';
  switch (charge) {
    case 'captured':
      return { kind: 'ChargeCaptured', reference };
    case 'refunded':
      return { kind: 'ChargeRefunded', reference };
    case 'declined':
      return { kind: 'ChargeDeclined', reference, reason: 'card_declined' };
    case 'cancelled':
      return { kind: 'ChargeVoided', reference };
    case 'none':
      throw new Error('there is no charge to answer with');
  }
}
