export { sessionSection } from './config.js';
export { installSessions, Sessions, type SessionsOptions } from './sessions.js';
