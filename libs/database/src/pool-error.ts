/**
 * pg-pool hangs the whole client on the error of an idle connection, cancel key included: kilobytes in a log line, and
 * nobody needs them.
 */
export function withoutClient<E extends Error>(error: E): E {
  if ('client' in error) Object.defineProperty(error, 'client', { enumerable: false });
  return error;
}
