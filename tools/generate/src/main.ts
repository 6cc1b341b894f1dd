import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { generate } from './generate.js';
import { sagaDocuments } from './saga.js';
import { configDocuments } from './services.js';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

process.exitCode = await generate({
  root: resolve(import.meta.dirname, '../../..'),
  sources: [configDocuments, sagaDocuments],
  check: values.check,
  say: (line) => process.stdout.write(`${line}\n`),
});
