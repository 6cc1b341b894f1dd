import { fillIn, type Placeholder, placeholdersIn, type ServiceEntry } from '@dozen/manifest';

type Services = Readonly<Record<string, ServiceEntry>>;

/** Where the demo's tools are inside of its networks. */
const TOOLS: Readonly<Record<Placeholder, string>> = {
  identity: 'http://identity:3000',
  provider: 'http://provider:3000',
  'smtp-sink': 'smtp://mailpit:1025',
  'provider-key': 'payment_provider_key',
};
/** Placeholders of what is secret: a container finds it in a file, and its variable names the file. */
const SECRET: readonly Placeholder[] = ['provider-key'];
/** Variables that production refuses when they lead over an unencrypted way or hold what is published here. */
const REFUSABLE = /_(URL|KEY)$/;

/** The parts of docker-compose.yml that follow from the services, by the name of their place. */
export function composeRegions(services: Services): Record<string, string> {
  const names = Object.keys(services);
  const each = (part: (name: string, entry: ServiceEntry) => string[]): string =>
    lines(Object.entries(services).flatMap(([name, entry]) => part(name, entry)));
  const databases = names.map(databaseSecret);
  return {
    'what each service is given': `${each(given)}${lines([
      `x-networks: &networks [${names.join(', ')}]`,
      'x-postgres-secrets: &postgres-secrets',
      ...['postgres_password', ...databases].map((name) => `  - ${name}`),
      ...networksOfHosts(services),
    ])}`,
    services: each(containers),
    networks: each((name, { compose }) => [`  ${name}:${compose.published ? '' : ' { internal: true }'}`]),
    secrets: lines(databases.map((name) => `  ${name}: { file: deploy/compose/secrets/${name} }`)),
  };
}

/** The secret that is the URL of a service's database in the demo. */
export function databaseSecret(service: string): string {
  return `${service}_database_url`;
}

/** The content of that file: a URL. Its password protects nothing, since no port of the server is on the machine. */
export function databaseUrl(service: string): string {
  return `postgres://${service}:demo-${service}@postgres:5432/${service}\n`;
}

/** What observability adds to each. */
export function observedServices(names: readonly string[]): string {
  return lines(names.map((name) => `  ${name}: *telemetry`));
}

function given(name: string, entry: ServiceEntry): string[] {
  const variables = variablesOf(name, entry);
  const secrets = [databaseSecret(name), ...secretsOf(entry)];
  return [
    `x-${name}: &${name}`,
    `  image: dozen/${name}:\${DOZEN_TAG:-dev}`,
    `  networks: [${name}]`,
    `  secrets: [${secrets.join(', ')}]`,
    '  environment:',
    ...Object.entries(variables).map(([variable, value]) => `    ${variable}: ${value}`),
    '',
  ];
}

function variablesOf(name: string, { env, compose }: ServiceEntry): Record<string, string> {
  const own = Object.entries(fillIn(env, TOOLS)).map(([variable, value]) =>
    isSecret(env[variable]) ? [`${variable}_FILE`, `/run/secrets/${value}`] : [variable, value],
  );
  const refusable = [...Object.keys(env), ...Object.keys(compose.env)].filter((variable) => REFUSABLE.test(variable));
  const insecure = ['RELEASE_ID', 'DATABASE_URL', 'KAFKA_URL', ...refusable, 'OTEL_EXPORTER_OTLP_ENDPOINT'];
  return {
    DATABASE_URL_FILE: `/run/secrets/${databaseSecret(name)}`,
    KAFKA_URL: 'kafka://kafka:9092',
    ...(Object.fromEntries(own) as Record<string, string>),
    ...compose.env,
    ALLOW_INSECURE: insecure.join(','),
  };
}

function containers(name: string, entry: ServiceEntry): string[] {
  const { seeded, compose } = entry;
  const done = (admin: string): string => `      ${admin}-${name}: { condition: service_completed_successfully }`;
  return [
    `  ${name}:`,
    `    <<: [*service, *${name}]`,
    `    build: { <<: *build, args: { <<: *labels, SERVICE: ${name} } }`,
    ...(compose.ports.length > 0 ? [`    ports: [${compose.ports.map((port) => `'${port}'`).join(', ')}]`] : []),
    '    depends_on:',
    done('migrate'),
    ...(seeded ? [done('seed')] : []),
    ...['kafka', ...hostsOf(entry)].map((host) => `      ${host}: { condition: service_healthy }`),
    '',
    `  migrate-${name}:`,
    `    <<: [*once, *${name}]`,
    '    command: [migrate]',
    '    depends_on: *servers',
    '',
    ...(seeded
      ? [`  seed-${name}:`, `    <<: [*once, *${name}]`, '    command: [seed]', '    depends_on:', done('migrate'), '']
      : []),
  ];
}

/** A container that variables lead to is in the networks of the services that have them. */
function networksOfHosts(services: Services): string[] {
  const hosts = [...new Set(Object.values(services).flatMap(hostsOf))].sort();
  return hosts.map((host) => {
    const led = Object.entries(services).flatMap(([name, entry]) => (hostsOf(entry).includes(host) ? [name] : []));
    return `x-${host}-networks: &${host}-networks [${led.join(', ')}]`;
  });
}

/** The containers that its variables lead to. */
function hostsOf({ env, compose }: ServiceEntry): string[] {
  const values = Object.values({ ...fillIn(env, TOOLS), ...compose.env });
  return [...new Set(values.filter((value) => URL.canParse(value)).map((value) => new URL(value).hostname))];
}

function secretsOf({ env }: ServiceEntry): string[] {
  return Object.values(env)
    .filter(isSecret)
    .flatMap((text) => placeholdersIn(text).map((name) => TOOLS[name]));
}

function isSecret(text: string | undefined): boolean {
  return placeholdersIn(text ?? '').some((name) => SECRET.includes(name));
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
