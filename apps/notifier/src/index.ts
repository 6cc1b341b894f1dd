export { notifierConfig, type NotifierConfig } from './config.js';
export { notifierService } from './service.js';
