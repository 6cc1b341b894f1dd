export * from './billing/events.js';
export * from './catalogue/events.js';
export * from './define.js';
export * from './notifier/events.js';
export * from './orders/events.js';
export * from './orders/place-order.js';
export * from './topics.js';
export * from './values.js';
