import {
  ConfigError,
  describeConfig,
  type Environment,
  EXIT_CONFIG,
  insecurities,
  loadConfig,
  loadConfigOrExit,
  printConfig,
  renderTable,
} from '@dozen/config';
import { mostConnections, totalOf } from '../connections.js';
import type { ServiceConfig, ServiceDefinition } from '../define-service.js';

export function configPrint<C extends ServiceConfig>(definition: ServiceDefinition<C>, env: Environment): number {
  const config = loadConfigOrExit(definition.config, env);
  const rows = printConfig(definition.config, config).map(({ section, name, value }) => [section, name, value]);
  process.stdout.write(`${renderTable(['SECTION', 'NAME', 'VALUE'], rows)}\n\n`);
  const shares = mostConnections(definition, config);
  process.stdout.write(`At most ${totalOf(shares)} connections to PostgreSQL in a process of these settings:\n\n`);
  const lines = shares.map(({ applicationName, most, why }) => [applicationName, String(most), why]);
  process.stdout.write(`${renderTable(['APPLICATION_NAME', 'MOST', 'WHAT FOR'], lines)}\n`);
  return 0;
}

/** The table of mistakes goes to stderr, and so does what is allowed although it is insecure, so that scripts may keep stdout. */
export function configCheck<C extends ServiceConfig>(
  { config: schema }: ServiceDefinition<C>,
  env: Environment,
): number {
  let insecure: string[];
  try {
    insecure = insecurities(schema, loadConfig(schema, env));
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    process.stderr.write(`${error.message}\n`);
    return EXIT_CONFIG;
  }
  for (const what of insecure) process.stderr.write(`insecure, by ALLOW_INSECURE: ${what}\n`);
  process.stdout.write('the configuration is complete\n');
  return 0;
}

/** Needs no environment: the documents are generated from it. */
export function configDescribe<C extends ServiceConfig>({ config: schema }: ServiceDefinition<C>): number {
  process.stdout.write(`${JSON.stringify(describeConfig(schema), null, 2)}\n`);
  return 0;
}
