export { type IdentityOptions, type RunningIdentity, startIdentity } from './identity.js';
export { AUDIENCE } from './server.js';
