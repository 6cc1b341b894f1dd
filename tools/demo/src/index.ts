export { DemoCode, DemoError } from './errors.js';
export { Launched } from './launched.js';
export { entryPoint, ROOT, type ToolName } from './layout.js';
export { ServiceProcess } from './service-process.js';
export { startSystem } from './start-system.js';
export { System } from './system.js';
export type { SystemOptions } from './system-options.js';
export { ToolProcess } from './tool-process.js';
