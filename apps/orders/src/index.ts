export { ordersConfig, type OrdersConfig } from './config.js';
export { ordersService } from './service.js';
