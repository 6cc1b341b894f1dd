import { defineConfig, defineSection, envHost, envInt, envMillis, envText } from '@dozen/config';

const section = defineSection('Payment provider', {
  DATA_DIR: envText().meta({ description: 'The folder of the store', example: '/data' }),
  PAYMENT_PROVIDER_KEY: envText().meta({
    description: 'The key that a client must show as a bearer token; as billing has it',
    secret: true,
  }),
  HOST: envHost().default('127.0.0.1').meta({ description: 'Address to listen on' }),
  PORT: envInt({ min: 0, max: 65_535 }).default(0).meta({ description: 'Port of HTTP; 0 takes any free one' }),
  SLOW_MS: envMillis({ max: 999_999 }).default(3_000).meta({ description: 'How long tok_slow takes, in ms' }),
});

/** All that the simulator reads from its environment. */
export const providerConfig = defineConfig({ service: 'provider', sections: [section] });
