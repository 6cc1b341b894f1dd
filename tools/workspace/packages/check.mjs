/** Packs every library that others install and judges the tarballs. Exit code 1 when a rule is broken. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPackageFromTarballData } from '@arethetypeswrong/core';
import { pack, publicPackages } from './public.mjs';
import { RULES } from './rules.mjs';

const folder = mkdtempSync(join(tmpdir(), 'dozen-packed-'));
const mistakes = [];
try {
  const packed = await pack(publicPackages(), folder);
  const publicNames = new Set(packed.map(({ name }) => name));
  for (const { name, tarball } of packed) {
    const data = new Uint8Array(readFileSync(tarball));
    const content = createPackageFromTarballData(data);
    const manifest = JSON.parse(content.readFile(`/node_modules/${name}/package.json`));
    for (const [rule, judge] of Object.entries(RULES)) {
      const found = await judge({ bytes: data.buffer, content, manifest }, { publicNames });
      mistakes.push(...found.map((sentence) => `${name}, ${rule}: ${sentence}`));
    }
  }
  process.stdout.write(
    `${packed.length} packages: ${mistakes.length === 0 ? 'nothing is wrong' : 'not as they should be'}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const mistake of mistakes) process.stderr.write(`${mistake}\n`);
process.exitCode = mistakes.length === 0 ? 0 : 1;
