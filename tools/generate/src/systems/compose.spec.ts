import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceEntry } from '@dozen/manifest';
import { composeRegions, databaseUrl } from './compose.js';
import { procfile } from './procfile.js';

const ROOT = join(import.meta.dirname, '../../../..');

const PARCELS: ServiceEntry = {
  processTypes: ['consumer', 'jobs'],
  table: 'parcel',
  seeded: true,
  env: { CARRIER_URL: '{provider}/v1', CARRIER_KEY: '{provider-key}', SENDER: 'Dozen' },
  demo: { CARRIER_TIMEOUT_S: '1' },
  compose: { env: { LABELS_URL: 'redis://redis:6379' }, published: false, ports: ['127.0.0.1::3000'] },
};

describe('the compose file of a service', () => {
  const regions = composeRegions({ parcels: PARCELS });

  it('gives it what the manifest says, secrets as files, and says what production would refuse', () => {
    expect(regions['what each service is given']).toBe(`x-parcels: &parcels
  image: dozen/parcels:\${DOZEN_TAG:-dev}
  networks: [parcels]
  secrets: [parcels_database_url, payment_provider_key]
  environment:
    DATABASE_URL_FILE: /run/secrets/parcels_database_url
    KAFKA_URL: kafka://kafka:9092
    CARRIER_URL: http://provider:3000/v1
    CARRIER_KEY_FILE: /run/secrets/payment_provider_key
    SENDER: Dozen
    LABELS_URL: redis://redis:6379
    ALLOW_INSECURE: RELEASE_ID,DATABASE_URL,KAFKA_URL,CARRIER_URL,CARRIER_KEY,LABELS_URL,OTEL_EXPORTER_OTLP_ENDPOINT

x-networks: &networks [parcels]
x-postgres-secrets: &postgres-secrets
  - postgres_password
  - parcels_database_url
x-provider-networks: &provider-networks [parcels]
x-redis-networks: &redis-networks [parcels]
`);
  });

  it('starts it after its migrations, its seed and what its variables lead to', () => {
    expect(regions['services']).toContain(`    ports: ['127.0.0.1::3000']
    depends_on:
      migrate-parcels: { condition: service_completed_successfully }
      seed-parcels: { condition: service_completed_successfully }
      kafka: { condition: service_healthy }
      provider: { condition: service_healthy }
      redis: { condition: service_healthy }
`);
  });

  it('keeps its network to itself, and its database behind a secret', () => {
    expect(regions['networks']).toBe('  parcels: { internal: true }\n');
    expect(regions['secrets']).toBe('  parcels_database_url: { file: deploy/compose/secrets/parcels_database_url }\n');
    expect(databaseUrl('parcels')).toBe('postgres://parcels:demo-parcels@postgres:5432/parcels\n');
  });
});

it('the Procfile starts each process type as the image does', async () => {
  const image = await readFile(join(ROOT, 'deploy/docker/Dockerfile'), 'utf8');
  const line = procfile({ parcels: PARCELS }).split('\n')[1] ?? '';
  expect(line).toMatch(/^parcels-jobs: PROCESS_TYPES=jobs node .* apps\/parcels\/dist\/main\.js$/);
  for (const option of line.match(/--[\w-]+(=\S+)?/g) ?? []) expect(image).toContain(option);
});
