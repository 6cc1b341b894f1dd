/**
 * For `node --import @dozen/service/register`: all that has to be there before the application, in its order. One after
 * the other, since imports that are written side by side are all loaded before the first of them runs.
 */
await import('@dozen/shutdown/register');
await import('@dozen/telemetry/register');

export {};
