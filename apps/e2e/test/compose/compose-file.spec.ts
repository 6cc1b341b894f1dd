import { KAFKA_IMAGE, KAFKA_SETTINGS, kafkaEnvironment, POSTGRES_IMAGE } from '@dozen/backing';
import { SERVICE_NAMES } from '@dozen/manifest';
import { docker } from './docker.js';
import { MAILPIT_IMAGE } from './mailpit.js';

interface Service {
  readonly image: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly ports?: readonly { readonly host_ip?: string; readonly published?: string }[];
  readonly logging: { readonly options?: Readonly<Record<string, string>> };
  readonly deploy: { readonly resources: { readonly limits: { readonly memory?: string } } };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly disable?: boolean };
}

/** SHUTDOWN_DEADLINE_MS, by default. */
const DRAIN_S = 30;

describe('docker-compose.yml', () => {
  let services: Readonly<Record<string, Service>>;
  const service = (name: string): Service => {
    const found = services[name];
    if (found === undefined) throw new Error(`no service ${name}`);
    return found;
  };

  beforeAll(async () => {
    const text = await docker(['compose', 'config', '--format', 'json']);
    services = (JSON.parse(text) as { services: Record<string, Service> }).services;
  });

  it('runs the servers of the tests, Kafka with the same settings', () => {
    expect(service('kafka').image).toBe(KAFKA_IMAGE);
    expect(service('postgres').image).toBe(POSTGRES_IMAGE);
    expect(service('mailpit').image).toBe(MAILPIT_IMAGE);
    expect(service('kafka').environment).toMatchObject(kafkaEnvironment(KAFKA_SETTINGS));
  });

  it('gives every container limits, a bounded log, no capability and no way to more', () => {
    for (const [name, container] of Object.entries(services)) {
      const { read_only: readOnly = false, cap_drop: dropped, security_opt: options, logging, deploy } = container;
      expect({ name, readOnly, dropped, options, log: logging.options?.['max-size'] }).toEqual({
        ...{ name, readOnly: name !== 'kafka', dropped: ['ALL'] },
        ...{ options: ['no-new-privileges:true'], log: '10m' },
      });
      expect(Number(deploy.resources.limits.memory)).toBeGreaterThan(0);
    }
  });

  it('starts a service when its schema is there and its servers are healthy', () => {
    for (const name of SERVICE_NAMES) {
      const { depends_on: after = {}, healthcheck } = service(name);
      expect(after[`migrate-${name}`]?.condition).toBe('service_completed_successfully');
      expect(after['kafka']?.condition).toBe('service_healthy');
      expect(service(`migrate-${name}`).depends_on?.['postgres']?.condition).toBe('service_healthy');
      expect(healthcheck?.disable).not.toBe(true);
    }
    expect(service('orders').depends_on?.['seed-orders']?.condition).toBe('service_completed_successfully');
  });

  it('waits longer for a drain than the drain may take', () => {
    for (const name of SERVICE_NAMES) {
      expect(Number.parseInt(service(name).stop_grace_period, 10)).toBeGreaterThan(DRAIN_S);
    }
  });

  it('lets no service reach another, nor the servers of another', () => {
    const networks = SERVICE_NAMES.map((name) => Object.keys(service(name).networks));
    expect(networks.map((mine) => mine.length)).toEqual(SERVICE_NAMES.map(() => 1));
    expect(new Set(networks.flat()).size).toBe(SERVICE_NAMES.length);
    const only = (name: string) => Object.keys(service(name).networks);
    expect([only('redis'), only('mailpit'), only('provider')]).toEqual([['gateway'], ['notifier'], ['billing']]);
  });

  it('takes one fixed port of this machine, the gateway’s, and none beyond it', () => {
    const ports = Object.entries(services).flatMap(([name, { ports: published = [] }]) =>
      published.map((port) => ({ name, ip: port.host_ip, fixed: port.published !== undefined })),
    );
    expect(ports.filter(({ fixed }) => fixed).map(({ name }) => name)).toEqual(['gateway']);
    expect(new Set(ports.map(({ ip }) => ip))).toEqual(new Set(['127.0.0.1']));
  });

  it('passes secrets as files alone', () => {
    for (const name of SERVICE_NAMES) {
      expect(service(name).environment).toMatchObject({ DATABASE_URL_FILE: `/run/secrets/${name}_database_url` });
      expect(service(name).environment).not.toHaveProperty('DATABASE_URL');
    }
    expect(service('billing').environment).not.toHaveProperty('PAYMENT_PROVIDER_KEY');
    expect(JSON.stringify(services)).not.toMatch(/demo-(orders|key)/);
  });
});
