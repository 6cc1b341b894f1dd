export { acceptOrder, cancelOrder, type Order, type PaymentOutcome, settleOrder } from './order.js';
export { orderInputs, orderStates, orderTable } from './order-table.js';
export type { StockLevel, StockMovement } from './stock.js';
