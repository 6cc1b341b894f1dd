import { jest } from '@jest/globals';
import { baseSection, defineConfig } from '@dozen/config';
import { databaseSection } from '@dozen/database';
import { httpSection } from '@dozen/http';
import { kafkaSection } from '@dozen/messaging';
import { Module } from '@nestjs/common';
import { defineService } from '../define-service.js';
import { runCommand } from './program.js';

@Module({})
class ThingModule {}

const service = defineService({
  name: 'thing',
  config: defineConfig({ service: 'thing', sections: [baseSection, httpSection, databaseSection, kafkaSection] }),
  module: ThingModule,
  entities: [],
  migrations: [],
});
const COMPLETE = { NODE_ENV: 'test', DATABASE_URL: 'postgres://thing:hunter2@db/thing', KAFKA_URL: 'kafka://k:9092' };

describe('the command line of a service', () => {
  let out: string;
  let err: string;

  beforeEach(() => {
    out = '';
    err = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((out += String(chunk)), true));
    jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((err += String(chunk)), true));
  });
  afterEach(() => jest.restoreAllMocks());

  it('config check names every mistake on stderr and exits with 78', async () => {
    expect(await runCommand(service, ['config', 'check'], { PORT: 'high' })).toBe(78);
    for (const name of ['DATABASE_URL', 'KAFKA_URL', 'PORT']) expect(err).toContain(name);
    expect(out).toBe('');
  });

  it('config check exits with 0 for a complete environment', async () => {
    expect(await runCommand(service, ['config', 'check'], COMPLETE)).toBe(0);
    expect(err).toBe('');
  });

  it.each([
    ['DATABASE_URL', 'postgres://u:hunter2%zz@h/o'],
    ['DATABASE_URL', 'postgres://u:hunter2@h'],
    ['KAFKA_URL', 'kafka://h:99999'],
    ['KAFKA_URL', 'kafka://u:hunter2%@h:9092'],
    ['PORT', '0x10'],
    ['PORT', '1e1'],
    ['PORT', ' 10'],
    ['PORT', '+5'],
    ['PORT', '5.0'],
    ['HOST', 'a b'],
  ])('config check refuses %s=%s by its name, and shows no secret', async (name, value) => {
    expect(await runCommand(service, ['config', 'check'], { ...COMPLETE, [name]: value })).toBe(78);
    expect(err).toContain(`1 mistake`);
    expect(err).toMatch(new RegExp(`^ +${name} `, 'm'));
    expect(err).not.toContain('hunter2');
  });

  it('config check tells what production would refuse and somebody has allowed', async () => {
    const env = { ...COMPLETE, NODE_ENV: 'staging', RELEASE_ID: '1', ALLOW_INSECURE: 'DATABASE_URL,KAFKA_URL' };
    expect(await runCommand(service, ['config', 'check'], env)).toBe(0);
    expect(err).toContain('insecure, by ALLOW_INSECURE: KAFKA_URL is not encrypted on its way to another machine\n');
    expect(err).not.toContain('hunter2');
  });

  it('config print shows the values in force and no secret', async () => {
    expect(await runCommand(service, ['config', 'print'], { ...COMPLETE, PORT: '4711' })).toBe(0);
    expect(out).toMatch(/PORT +4711/);
    expect(out).not.toContain('hunter2');
  });

  it('config describe needs no environment', async () => {
    expect(await runCommand(service, ['config', 'describe'], {})).toBe(0);
    const rows = JSON.parse(out) as { name: string; required: boolean }[];
    expect(rows).toContainEqual(expect.objectContaining({ name: 'DATABASE_URL', required: true, secret: true }));
  });

  it('describes every command, for the check of the documents', async () => {
    expect(await runCommand(service, ['commands'], {})).toBe(0);
    expect(JSON.parse(out)).toEqual(
      expect.arrayContaining([
        { name: 'migrate', arguments: [], options: {} },
        { name: 'offsets set', arguments: ['topic', 'partition', 'to'], options: { '--json': false } },
        { name: 'dead-letters discard', arguments: ['id'], options: { '--json': false, '--by': true, '--why': true } },
      ]),
    );
  });

  it.each([[['frobnicate']], [['config', 'frobnicate']], [['migrate', '--frobnicate']]])(
    'refuses %j with usage and 64',
    async (args) => {
      expect(await runCommand(service, args, COMPLETE)).toBe(64);
      expect(err).toContain('frobnicate');
    },
  );

  it('prints help and exits with 0', async () => {
    expect(await runCommand(service, ['--help'], {})).toBe(0);
    for (const command of ['migrate', 'seed', 'config', 'dead-letters']) expect(out).toContain(command);
  });

  it('fails a command whose database does not answer with 1, and says why in the log', async () => {
    const env = { ...COMPLETE, DATABASE_URL: 'postgres://x:y@127.0.0.1:1/x', LOG_LEVEL: 'silent' };
    expect(await runCommand(service, ['seed'], env)).toBe(1);
  });
});
