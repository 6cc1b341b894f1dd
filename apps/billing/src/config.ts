import {
  baseSection,
  type ConfigOf,
  defineConfig,
  defineSection,
  envInt,
  envMillis,
  envText,
  type EnvType,
  envUrl,
  HTTP,
  isPublishedSecret,
} from '@dozen/config';
import { databaseSection } from '@dozen/database';
import { httpSection } from '@dozen/http';
import { kafkaSection } from '@dozen/messaging';
import { telemetrySection } from '@dozen/telemetry';

/** A bearer token in the form of RFC 6750, which a header can carry. */
function envBearer(): EnvType<string> {
  return envText().refine(
    (text) => /^[\w.~+/-]{16,4096}=*$/.test(text),
    'must be at least 16 letters, digits and . _ ~ + / - =',
  );
}

const providerSection = defineSection('Payment provider', {
  PAYMENT_PROVIDER_URL: envUrl(HTTP).meta({
    description: 'Base URL of the payment provider; /v1/charges is below it',
    example: 'https://payments.example.com',
  }),
  PAYMENT_PROVIDER_KEY: envBearer().meta({
    description: 'What the payment provider knows this service by; sent as a bearer token',
    example: 'demo-key-of-the-simulator',
    secret: true,
    unsafe: {
      what: 'a key that is published',
      because: (value: unknown) =>
        isPublishedSecret(String(value)) ? 'is a key of the demo, which is published with this code' : undefined,
    },
  }),
  // Below the 60 s that one attempt of the charge job may take, with room to write the answer down.
  PAYMENT_PROVIDER_TIMEOUT_MS: envMillis({ min: 100, max: 45_000 }).default(10_000).meta({
    description: 'How long to wait for an answer of the provider, in ms; then it is asked again with the same key',
  }),
  PAYMENT_TIMEOUT_S: envInt({ min: 1, max: 86_400 }).default(900).meta({
    description:
      'How long a payment may be without an outcome, in seconds; then it is voided, or refunded if it was captured',
  }),
});

/** Everything that billing reads from its environment. */
export const billingConfig = defineConfig({
  service: 'billing',
  sections: [baseSection, httpSection, databaseSection, kafkaSection, providerSection, telemetrySection],
});
export type BillingConfig = ConfigOf<typeof billingConfig>;
