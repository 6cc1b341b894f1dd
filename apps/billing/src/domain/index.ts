export { type Booking, book } from './ledger.js';
export { advancePayment, awaitedCharge, type ChargeAnswer, type Payment, requestPayment } from './payment.js';
export { paymentInputs, paymentStates, paymentTable } from './payment-table.js';
