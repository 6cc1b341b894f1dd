import { contractDocuments } from './contracts/documents.js';
import { errorDocuments } from './errors/documents.js';
import type { DocumentSource } from './generate.js';
import { mailDocuments } from './mails.js';
import { runbookDocuments } from './runbooks.js';
import { sagaDocuments } from './saga.js';
import { configDocuments } from './services.js';
import { systemDocuments } from './systems/documents.js';
import { telemetryDocuments } from './telemetry/documents.js';
import { readTelemetry } from './telemetry/read.js';
import type { Workspace } from './workspace.js';

/** Everything that is generated. */
export function sourcesOf({ root, services, contracts, errors }: Workspace): readonly DocumentSource[] {
  return [
    configDocuments,
    systemDocuments,
    sagaDocuments,
    mailDocuments,
    runbookDocuments,
    () => contractDocuments(contracts),
    () => errorDocuments(root, errors),
    async () => telemetryDocuments(await readTelemetry(root, services)),
  ];
}
