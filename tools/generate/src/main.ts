import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { faultsOf } from './faults.js';
import { generate } from './generate.js';
import { readRelease, recordRelease } from './release.js';
import { sourcesOf } from './sources.js';
import { readWorkspace } from './workspace.js';

/** `--check` writes nothing; `--release 0.2.0` takes topics, messages and migrations of today for those of the last release. */
const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, release: { type: 'string' } },
});
const root = resolve(import.meta.dirname, '../../..');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const workspace = await readWorkspace(root);
if (values.release !== undefined) await recordRelease(root, { version: values.release, ...workspace });
const faults = await faultsOf(workspace, await readRelease(root));
for (const sentence of faults) say(sentence);
const status = await generate({ root, sources: sourcesOf(workspace), check: values.check, say });
process.exitCode = faults.length > 0 ? 1 : status;
