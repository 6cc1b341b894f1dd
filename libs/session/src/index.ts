export { sessionSection } from './config.js';
export { installSessions, missingSessions, sessionConnections, Sessions, type SessionsOptions } from './sessions.js';
