import { chosen, runCommandLine } from '@dozen/backing';
import { isAtHand, lastRelease } from './last-release.js';
import { PARTS, runPrevious } from './run-previous.js';

const USAGE = `npm run test:previous -- [PART…]
  the last release's build and tests on this release's schema; parts (without one, all): ${PARTS.join(', ')}`;

await runCommandLine(USAGE, async ({ args, signal, say }) => {
  const parts = chosen('part', args, PARTS);
  const release = await lastRelease();
  if (await isAtHand(release)) return runPrevious({ release, parts, signal, say });
  say(`skipped: commit ${release.commit} of release ${release.version} is not in this clone (git fetch --unshallow)`);
  return true;
});
