import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { contractDocuments } from './contracts/documents.js';
import { readContracts } from './contracts/read.js';
import { breaks, readReleased, writeReleased } from './contracts/released.js';
import { generate } from './generate.js';
import { mailDocuments } from './mails.js';
import { sagaDocuments } from './saga.js';
import { configDocuments, findServices } from './services.js';

/** `--check` writes nothing; `--release` takes the messages of today for those of the last release. */
const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, release: { type: 'boolean', default: false } },
});
const root = resolve(import.meta.dirname, '../../..');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const contracts = await readContracts(root, await findServices(root));
if (values.release) await writeReleased(root, contracts);
const broken = breaks(contracts, await readReleased(root));
for (const sentence of broken) say(sentence);
const sources = [configDocuments, sagaDocuments, mailDocuments, () => contractDocuments(contracts)];
const status = await generate({ root, sources, check: values.check, say });
process.exitCode = broken.length > 0 ? 1 : status;
