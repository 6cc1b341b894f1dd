export * from './clock.js';
export * from './deadline.js';
export * from './errors.js';
export * from './ids.js';
export * from './message.js';
export * from './money.js';
export * from './pages.js';
export * from './versions.js';
