import { messageOf } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';

const MINUTE_MS = 60_000;

/** How key sets age. */
const POLICY = {
  /** Asked anew in the background after this, so that a withdrawn key stops working. */
  refreshAfterMs: 10 * MINUTE_MS,
  /** An identity provider that is down must not take us down: keys known to be good serve this long. */
  usableForMs: 24 * 60 * MINUTE_MS,
  /** A key id that is not in the set asks again, at most this often; a rotation is seen at once, a flood is not passed on. */
  cooldownMs: 30_000,
  /** A request waits for the first key set at most this long. */
  timeoutMs: 3000,
};

/**
 * Public keys from a JWKS URL: fetched at the first token, then refreshed behind the requests' backs.
 * Rejects with the fetch's error only while there is no key set that is still usable.
 */
export function signingKeys(url: URL, logger: Logger): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url, {
    cacheMaxAge: POLICY.usableForMs,
    cooldownDuration: POLICY.cooldownMs,
    timeoutDuration: POLICY.timeoutMs,
  });
  let askedAt = 0;
  const refresh = (): void => {
    askedAt = Date.now();
    keys.reload().catch((error: unknown) => {
      logger.warn({ jwks_url: url.href, reason: messageOf(error) }, 'key set not refreshed: the known keys serve on');
    });
  };
  return (header, token) => {
    if (!keys.fresh) {
      askedAt = Date.now();
    } else if (Date.now() - askedAt > POLICY.refreshAfterMs) {
      refresh();
    }
    return keys(header, token);
  };
}
