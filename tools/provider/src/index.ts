export { type Behaviour, behaviourOf, type Fault, faultOf } from './behaviour.js';
export { type ProviderErrorCode, providerErrors } from './errors.js';
export { type ProviderOptions, type RunningProvider, startProvider } from './provider.js';
export type { Charge, ChargeStatus, CountedCharge, Payment } from './store.js';
