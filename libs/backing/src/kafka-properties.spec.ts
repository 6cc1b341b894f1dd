import { kafkaProperties } from './kafka-properties.js';

const ports = { kafkaPort: 1001, controllerPort: 1002 };
const read = (text: string): Map<string, string> =>
  new Map(
    text
      .trim()
      .split('\n')
      .map((line): [string, string] => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
  );

describe('server.properties', () => {
  it('has one listener for clients', () => {
    expect(read(kafkaProperties(ports)).get('advertised.listeners')).toBe('PLAINTEXT://127.0.0.1:1001');
  });

  it('tells clients that come through a proxy to come through it again, and others the straight way', () => {
    const properties = read(kafkaProperties({ ...ports, proxy: { targetPort: 1003, advertisedPort: 1004 } }));
    expect(properties.get('listeners')).toContain(',PROXIED://127.0.0.1:1003');
    expect(properties.get('advertised.listeners')).toBe('PLAINTEXT://127.0.0.1:1001,PROXIED://127.0.0.1:1004');
  });
});
