export { sessionSection } from './config.js';
export { installSessions, missingSessions, Sessions, type SessionsOptions } from './sessions.js';
