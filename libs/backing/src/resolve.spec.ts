import { ownServers, resolveBacking } from './resolve.js';

const DATABASE_URL = 'postgres://u:p@db:5432/postgres';
const KAFKA_URL = 'kafka://k1:9092,k2:9092';
const BOTH = { java: true, docker: true };

describe('resolveBacking', () => {
  it('runs both embedded when nothing is set', () => {
    expect(resolveBacking({}, BOTH)).toEqual({});
  });

  it('runs both in containers where there is Docker and no Java', () => {
    expect(resolveBacking({}, { java: false, docker: true })).toEqual({ inDocker: true });
    expect(resolveBacking({ KAFKA_URL }, { java: false, docker: true })).toEqual({
      kafkaUrl: KAFKA_URL,
      inDocker: true,
    });
    expect(resolveBacking({}, { java: false, docker: false })).toEqual({});
  });

  it('ignores the URLs and Java when docker is asked for', () => {
    expect(resolveBacking({ DOZEN_BACKING: 'docker', DATABASE_URL, KAFKA_URL }, BOTH)).toEqual({ inDocker: true });
  });

  it('takes no URL for servers of the caller’s own', () => {
    expect(ownServers({ DOZEN_BACKING: 'docker', KAFKA_URL })).toEqual({ inDocker: true });
    expect(ownServers({ DOZEN_BACKING: 'env', DATABASE_URL, KAFKA_URL, JAVA_HOME: '/java' })).toEqual({});
  });

  it('takes each URL by itself, the other server is embedded', () => {
    expect(resolveBacking({ KAFKA_URL }, BOTH)).toEqual({ kafkaUrl: KAFKA_URL });
    expect(resolveBacking({ DATABASE_URL }, BOTH)).toEqual({ postgresUrl: DATABASE_URL });
    expect(resolveBacking({ DATABASE_URL, KAFKA_URL }, BOTH)).toEqual({
      postgresUrl: DATABASE_URL,
      kafkaUrl: KAFKA_URL,
    });
  });

  it('counts an empty variable as missing', () => {
    expect(resolveBacking({ DATABASE_URL: '', KAFKA_URL: '', DOZEN_BACKING: '' }, BOTH)).toEqual({});
  });

  it('ignores the URLs when embedded is asked for', () => {
    expect(resolveBacking({ DOZEN_BACKING: 'embedded', DATABASE_URL, KAFKA_URL })).toEqual({});
  });

  it('names the URL that is missing when env is asked for', () => {
    expect(() => resolveBacking({ DOZEN_BACKING: 'env', KAFKA_URL })).toThrow(/DATABASE_URL is not set/);
  });

  it.each([
    [{ DOZEN_BACKING: 'podman' }, 'BACKING-ENVIRONMENT'],
    [{ KAFKA_URL: 'http://k1:9092' }, 'BACKING-ENVIRONMENT'],
    [{ DATABASE_URL: 'db:5432' }, 'BACKING-ENVIRONMENT'],
  ])('refuses %j with %s', (env, code) => {
    expect(() => resolveBacking(env)).toThrow(expect.objectContaining({ code }));
  });
});
