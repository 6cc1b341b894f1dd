/**
 * For `node --import @dozen/service/register`: loads everything that must be there before the application. The imports run one
 * after the other: static imports would all be loaded before the first of them runs.
 */
await import('@dozen/shutdown/register');
await import('@dozen/telemetry/register');

export {};
