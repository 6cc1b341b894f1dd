import { Running } from './running.js';
import { catalogue } from './suites/catalogue.js';
import { drains } from './suites/drains.js';
import { journeys } from './suites/journeys.js';
import { kills } from './suites/kills.js';
import { misconfigured } from './suites/misconfigured.js';
import { outsiders } from './suites/outsiders.js';
import { retries } from './suites/retries.js';
import { swaps } from './suites/swaps.js';
import { telemetry } from './suites/telemetry.js';
import { traces } from './suites/traces.js';

/** One running system for all suites: starting it costs more than most of them. Kills come late, and what all of it left behind last. */
describe('the running system', () => {
  let system: Running;
  const running = (): Running => system;

  beforeAll(async () => {
    system = await Running.start();
  }, 120_000);

  afterAll(async () => {
    await system.stop();
  }, 60_000);

  misconfigured(running);
  journeys(running);
  traces(running);
  catalogue(running);
  outsiders(running);
  drains(running);
  retries(running);
  swaps(running);
  kills(running);
  telemetry(running);
});
