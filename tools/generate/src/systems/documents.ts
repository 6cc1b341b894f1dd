import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVICE_NAMES, SERVICES } from '@dozen/manifest';
import type { Document } from '../documents.js';
import { ownersOfServices } from './codeowners.js';
import { composeRegions, databaseSecret, databaseUrl, observedServices } from './compose.js';
import { procfile } from './procfile.js';
import { rootReferences } from './references.js';
import { withRegions } from './regions.js';

const COMPOSE = 'docker-compose.yml';
const OWNERS = '.github/CODEOWNERS';
const OBSERVED = 'deploy/compose/observability/docker-compose.yml';

/** What starts or builds all services, made from their manifest. */
export async function systemDocuments(root: string): Promise<Document[]> {
  const read = (file: string): Promise<string> => readFile(join(root, file), 'utf8');
  const [compose, observed, owners] = await Promise.all([read(COMPOSE), read(OBSERVED), read(OWNERS)]);
  return [
    { path: 'Procfile', text: procfile(SERVICES) },
    { path: COMPOSE, text: withRegions(compose, composeRegions(SERVICES)) },
    { path: OBSERVED, text: withRegions(observed, { services: observedServices(SERVICE_NAMES) }) },
    { path: OWNERS, text: withRegions(owners, { services: ownersOfServices(SERVICE_NAMES) }) },
    ...SERVICE_NAMES.map((name) => ({
      path: `deploy/compose/secrets/${databaseSecret(name)}`,
      text: databaseUrl(name),
    })),
    { path: 'tsconfig.json', text: rootReferences(root) },
  ];
}
