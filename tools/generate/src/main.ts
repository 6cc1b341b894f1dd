import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { generate } from './generate.js';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

process.exitCode = await generate({
  root: resolve(import.meta.dirname, '../../..'),
  check: values.check,
  say: (line) => process.stdout.write(`${line}\n`),
});
