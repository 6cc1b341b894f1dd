import { asyncApiFaults } from './contracts/asyncapi-faults.js';
import { asyncApi } from './contracts/asyncapi.js';
import { readSendBytes } from './contracts/read.js';
import { sizeFaults } from './contracts/record-size.js';
import { breaks } from './contracts/released.js';
import { topicBreaks } from './contracts/topics.js';
import { errorFaults } from './errors/faults.js';
import { migrationFaults } from './migrations/faults.js';
import type { Release } from './release.js';
import type { Workspace } from './workspace.js';

/** One sentence for each way in which the workspace is wrong, or breaks what the last release has promised. */
export async function faultsOf({ root, contracts, migrations, errors }: Workspace, last: Release): Promise<string[]> {
  return [
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
}
