import type { DozenError } from '@dozen/kernel';
import { CONFIG } from '@dozen/service';
import { currentTrace } from '@dozen/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { PaymentProvider } from '../../application/ports.js';
import type { BillingConfig } from '../../config.js';
import type { ChargeAnswer, ChargeRequest } from '../../domain/payment.js';
import { billingError, type BillingErrorCode } from '../../errors.js';
import { readAnswer } from './answer.js';

export type ProviderConfig = Pick<BillingConfig, 'PAYMENT_PROVIDER_URL' | 'PAYMENT_PROVIDER_TIMEOUT_MS'>;

/** The provider over HTTP: `POST /v1/charges` with an Idempotency-Key. */
@Injectable()
export class HttpPaymentProvider extends PaymentProvider {
  readonly #charges: URL;
  readonly #timeoutMs: number;

  constructor(@Inject(CONFIG) config: ProviderConfig) {
    super();
    // A base URL may have a path of its own; without the slash its last part would be replaced.
    this.#charges = new URL('v1/charges', config.PAYMENT_PROVIDER_URL.replace(/\/*$/, '/'));
    this.#timeoutMs = config.PAYMENT_PROVIDER_TIMEOUT_MS;
  }

  async charge(request: ChargeRequest, signal: AbortSignal): Promise<ChargeAnswer> {
    const { status, text } = await this.#post(request, signal);
    const answer = status === 201 ? readAnswer(text) : undefined;
    if (answer === undefined) throw failure(codeOf(status), { idempotencyKey: request.idempotencyKey, status });
    return answer;
  }

  async #post({ idempotencyKey, amount, paymentToken, orderId }: ChargeRequest, signal: AbortSignal) {
    const traceparent = currentTrace()?.traceparent;
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    try {
      const response = await fetch(this.#charges, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
          ...(traceparent === undefined ? {} : { traceparent }),
        },
        body: JSON.stringify({ ...amount, token: paymentToken, reference: orderId }),
        // A redirect would carry the token to a host that nobody configured.
        redirect: 'manual',
        signal: AbortSignal.any([signal, timeout]),
      });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw failure(timeout.aborted ? 'BIL-PROVIDER-TIMEOUT' : 'BIL-PROVIDER-UNAVAILABLE', { idempotencyKey }, cause);
    }
  }
}

/** Of every answer that is not a charge. */
function codeOf(status: number): BillingErrorCode {
  if (status >= 500 || status === 429) return 'BIL-PROVIDER-UNAVAILABLE';
  if (status === 422) return 'BIL-PROVIDER-KEY-REUSED';
  return status >= 400 ? 'BIL-PROVIDER-REFUSED' : 'BIL-PROVIDER-ANSWER';
}

/** Never what the provider wrote: an error text of theirs may repeat the request, and with it the token. */
function failure(
  code: BillingErrorCode,
  details: { idempotencyKey: string; status?: number },
  cause?: unknown,
): DozenError {
  const status = details.status === undefined ? '' : ` (status ${details.status})`;
  return billingError(code, `the payment provider did not charge${status}`, { details, cause });
}
