import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Contracts } from './contracts/read.js';
import type { AcceptedChange, Released } from './contracts/released.js';
import { releasedTopics, type ReleasedTopics } from './contracts/topics.js';
import { hashOf, type ReleasedMigrations } from './migrations/faults.js';
import type { Migration } from './migrations/read.js';

/** What the last release was, to be compared with: kept beside the contracts, checked in. */
const FOLDER = join('libs', 'contracts', 'released');

const accepted = z.array(z.strictObject({ why: z.string(), because: z.string().min(1) }));
const releases = z.array(z.object({ version: z.string().regex(/^\d+\.\d+\.\d+$/), commit: z.string() })).min(1);

export interface Release {
  /** Oldest first; the last one is what this build is rolled out over, and back to. */
  readonly releases: readonly { readonly version: string; readonly commit: string }[];
  readonly topics: ReleasedTopics;
  readonly messages: Released;
  readonly migrations: ReleasedMigrations;
  /** Changes of messages since then that are made although the comparison would refuse them. */
  readonly accepted: readonly AcceptedChange[];
}

export async function readRelease(root: string): Promise<Release> {
  const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(fileOf(root, name), 'utf8'));
  return {
    releases: releases.parse(await json('releases')),
    topics: (await json('topics')) as ReleasedTopics,
    messages: (await json('messages')) as Released,
    migrations: (await json('migrations')) as ReleasedMigrations,
    accepted: accepted.parse(await json('accepted')),
  };
}

/**
 * Part of a release: what is built, and the commit that it is built from, is from now on what must not be broken.
 * Throws when something is not committed: the last release is built again from its commit.
 */
export async function recordRelease(
  root: string,
  release: { version: string; contracts: Contracts; migrations: readonly Migration[] },
): Promise<void> {
  const git = async (...args: string[]) => (await promisify(execFile)('git', args, { cwd: root })).stdout.trim();
  if ((await git('status', '--porcelain')) !== '') throw new Error('a release is a commit: commit first');
  const { releases: before } = await readRelease(root);
  const commit = await git('rev-parse', 'HEAD');
  const { topics, messages } = release.contracts;
  const services = [...new Set(release.migrations.map(({ service }) => service))];
  const hashes = (of: string) =>
    release.migrations.filter(({ service }) => service === of).map((m) => [m.name, hashOf(m)]);
  const files = {
    releases: releases.parse([...before, { version: release.version, commit }]),
    topics: releasedTopics(topics),
    messages: Object.fromEntries(messages.map(({ type, topic, schema }) => [type, { topic, schema }])),
    migrations: Object.fromEntries(services.map((service) => [service, Object.fromEntries(hashes(service))])),
    accepted: [],
  };
  for (const [name, value] of Object.entries(files)) {
    await writeFile(fileOf(root, name), `${JSON.stringify(value, null, 2)}\n`);
  }
}

function fileOf(root: string, name: string): string {
  return join(root, FOLDER, `${name}.json`);
}
