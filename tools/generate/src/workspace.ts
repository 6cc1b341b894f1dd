import { type Contracts, readContracts } from './contracts/read.js';
import { type ErrorSource, readErrors } from './errors/read.js';
import { type Migration, readMigrations } from './migrations/read.js';
import { findServices } from './services.js';

/** What is built, as far as documents are made from it or faults are looked for in it. */
export interface Workspace {
  readonly root: string;
  readonly services: readonly string[];
  readonly contracts: Contracts;
  readonly migrations: readonly Migration[];
  readonly errors: readonly ErrorSource[];
}

export async function readWorkspace(root: string): Promise<Workspace> {
  const services = await findServices(root);
  const contracts = await readContracts(root, services);
  const migrations = await readMigrations(root, services);
  return { root, services, contracts, migrations, errors: await readErrors(root) };
}
