import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { asyncApiFaults } from './contracts/asyncapi-faults.js';
import { asyncApi } from './contracts/asyncapi.js';
import { contractDocuments } from './contracts/documents.js';
import { readContracts, readSendBytes } from './contracts/read.js';
import { sizeFaults } from './contracts/record-size.js';
import { breaks } from './contracts/released.js';
import { topicBreaks } from './contracts/topics.js';
import { errorDocuments } from './errors/documents.js';
import { errorFaults } from './errors/faults.js';
import { readErrors } from './errors/read.js';
import { generate } from './generate.js';
import { mailDocuments } from './mails.js';
import { migrationFaults } from './migrations/faults.js';
import { readMigrations } from './migrations/read.js';
import { readRelease, recordRelease } from './release.js';
import { runbookDocuments } from './runbooks.js';
import { sagaDocuments } from './saga.js';
import { configDocuments, findServices } from './services.js';
import { systemDocuments } from './systems/documents.js';
import { telemetryDocuments } from './telemetry/documents.js';
import { readTelemetry } from './telemetry/read.js';

/** `--check` writes nothing; `--release 0.2.0` takes topics, messages and migrations of today for those of the last release. */
const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, release: { type: 'string' } },
});
const root = resolve(import.meta.dirname, '../../..');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const services = await findServices(root);
const contracts = await readContracts(root, services);
const migrations = await readMigrations(root, services);
const errors = await readErrors(root);
if (values.release !== undefined) await recordRelease(root, { version: values.release, contracts, migrations });
const last = await readRelease(root);
const broken = [
  ...topicBreaks(contracts.topics, last.topics),
  ...breaks(contracts, last.messages, last.accepted),
  ...migrationFaults(migrations, {
    released: last.migrations,
    releases: last.releases.map(({ version }) => version),
  }),
  ...sizeFaults(contracts.messages, await readSendBytes(root)),
  ...(await asyncApiFaults(asyncApi(contracts))),
  ...errorFaults(errors),
];
for (const sentence of broken) say(sentence);
const sources = [
  configDocuments,
  systemDocuments,
  sagaDocuments,
  mailDocuments,
  runbookDocuments,
  () => contractDocuments(contracts),
  () => errorDocuments(root, errors),
  async () => telemetryDocuments(await readTelemetry(root, services)),
];
const status = await generate({ root, sources, check: values.check, say });
process.exitCode = broken.length > 0 ? 1 : status;
