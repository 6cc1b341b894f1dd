export { type BillingConfig, billingConfig } from './config.js';
export { billingService } from './service.js';
