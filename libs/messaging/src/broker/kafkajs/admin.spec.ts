import { createLogger } from '@dozen/telemetry';
import type { Admin, Kafka } from 'kafkajs';
import { AdminConnection } from './admin.js';

const logger = createLogger({ service: 'test', release: 'test', level: 'silent' });
const never = new Promise<never>(() => undefined);

/** kafkajs' admin as far as a connection uses it. */
class FakeAdmin {
  connects = 0;
  disconnects = 0;
  refuses = 0;
  leaving: Promise<void> = Promise.resolve();

  connect(): Promise<void> {
    this.connects += 1;
    this.refuses -= 1;
    return this.refuses >= 0 ? Promise.reject(new Error('refused')) : Promise.resolve();
  }

  disconnect(): Promise<void> {
    this.disconnects += 1;
    return this.leaving;
  }
}

function connectionOver(...admins: FakeAdmin[]): AdminConnection {
  const left = [...admins];
  return new AdminConnection({ admin: () => left.shift() as unknown as Admin } as unknown as Kafka, logger);
}

describe('questions to the broker', () => {
  it('go over one connection while it answers', async () => {
    const admin = new FakeAdmin();
    const connection = connectionOver(admin);
    expect(await connection.ask(() => Promise.resolve(1))).toBe(1);
    expect(await connection.ask(() => Promise.resolve(2))).toBe(2);
    await connection.close();
    expect(admin).toMatchObject({ connects: 1, disconnects: 1 });
  });

  it('have a deadline, and the next one a new connection, also when the old one cannot be closed', async () => {
    const [stuck, next] = [new FakeAdmin(), new FakeAdmin()];
    stuck.leaving = never;
    const connection = connectionOver(stuck, next);
    await expect(connection.ask(() => never, 10)).rejects.toMatchObject({ code: 'MSG-SEND' });
    expect(await connection.ask(() => Promise.resolve('there'))).toBe('there');
    expect([stuck.disconnects, next.connects]).toEqual([1, 1]);
  });

  it('wait for a broker that is away, and no longer than their deadline', async () => {
    const [late, away] = [new FakeAdmin(), new FakeAdmin()];
    late.refuses = 3;
    const connection = connectionOver(late, away);
    expect(await connection.ask(() => Promise.resolve('there'))).toBe('there');
    expect(late.connects).toBe(4);
    await expect(connection.ask(() => Promise.reject(new Error('no such group')))).rejects.toThrow('no such group');
    away.connect = () => never;
    await expect(connection.ask(() => Promise.resolve('there'), 10)).rejects.toMatchObject({ code: 'MSG-SEND' });
  });

  it('are not asked any more once it is closed', async () => {
    const connection = connectionOver(new FakeAdmin());
    await connection.close();
    await expect(connection.ask(() => Promise.resolve(1))).rejects.toMatchObject({ code: 'MSG-SEND' });
  });
});
