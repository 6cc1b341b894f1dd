import { type PaymentState, paymentStates } from './payment-table.js';
import { type BookedPayment, compare, isOpen, type ProviderCharge } from './reconciliation.js';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const charge = (status: ProviderCharge['status'], amount = eur(2500)): ProviderCharge => ({
  reference: 'ch-1',
  idempotencyKey: 'p-1:charge',
  amount,
  status,
});
const payment = (state: PaymentState, cleared?: number): BookedPayment => ({
  id: 'p-1',
  orderId: 'o-1',
  state,
  amount: eur(2500),
  cleared: cleared ?? (state === 'captured' || state === 'refunding' ? 2500 : 0),
});

const agreed: [PaymentState, ProviderCharge['status'] | undefined][] = [
  ['captured', 'captured'],
  ['declined', 'declined'],
  ['voided', 'cancelled'],
  ['voided', undefined],
  ['refunded', 'refunded'],
  ['refunding', 'captured'],
  ['refunding', 'refunded'],
];
const statuses = ['captured', 'declined', 'cancelled', 'refunded', undefined] as const;

describe('ledger and provider', () => {
  it.each(paymentStates.flatMap((state) => statuses.map((status) => [state, status] as const)))(
    'agree on a payment that is %s and a charge that is %s, or it is told',
    (state, status) => {
      const found = compare(payment(state), status && charge(status));
      const fine = state === 'requested' || state === 'voiding' || agreed.some(([a, b]) => a === state && b === status);
      expect(found.map(({ what }) => what)).toEqual(
        fine ? [] : [status === undefined ? 'payment-without-charge' : 'status'],
      );
    },
  );

  it('do not agree on other amounts, nor on another currency', () => {
    expect(compare(payment('captured'), charge('captured', eur(2400)))).toMatchObject([
      { what: 'amount', billing: '2500 EUR', provider: '2400 EUR' },
    ]);
    expect(compare(payment('captured'), charge('captured', { amount: 2500, currency: 'USD' }))).toHaveLength(1);
  });

  it.each([
    ['captured', 0],
    ['refunded', 2500],
    ['requested', 2500],
  ] as const)('it is told when a payment is %s and the ledger has %d with the provider', (state, cleared) => {
    const found = compare(payment(state, cleared), state === 'requested' ? undefined : charge(state));
    expect(found).toMatchObject([{ what: 'ledger' }]);
  });

  it('may still come to agree while a payment is open', () => {
    expect(paymentStates.filter((state) => isOpen({ state }))).toEqual(['requested', 'voiding', 'refunding']);
  });
});
