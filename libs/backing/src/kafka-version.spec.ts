import { readFileSync } from 'node:fs';
import { POM_FILE } from './kafka-distribution.js';
import { KAFKA_VERSION } from './kafka-version.js';

describe('KAFKA_VERSION', () => {
  it('is the version that pom.xml downloads', () => {
    const pom = readFileSync(POM_FILE, 'utf8');
    expect(/<kafka\.version>(.*)<\/kafka\.version>/.exec(pom)?.[1]).toBe(KAFKA_VERSION);
  });
});
