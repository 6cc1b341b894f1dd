import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UnitsOfWork } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { consumerInMemory, consumerOnServers, recordOf } from '@dozen/messaging/testing';
import { DataSource } from 'typeorm';
import { ParcelAccepted, parcelEvents } from './contract.js';
import { CreateParcels1767225600000, ParcelsController } from './parcels.controller.js';

const { DATABASE_URL: databaseUrl, KAFKA_URL: kafkaUrl } = process.env;

const moduleWith = (dataSource: object, units: object) => ({
  controllers: [ParcelsController],
  providers: [
    { provide: DataSource, useValue: dataSource },
    { provide: UnitsOfWork, useValue: units },
  ],
});

describe('an accepted parcel', () => {
  it('gets one label, with neither Kafka nor PostgreSQL', async () => {
    const labelled: unknown[] = [];
    const query = (_sql: string, [id]: unknown[] = []) => Promise.resolve(labelled.push(id) as never);
    const consumer = await consumerInMemory(moduleWith({}, {}), { manager: { query } });
    const accepted = recordOf(ParcelAccepted, { parcelId: newId() });
    assert.deepEqual(await consumer.handle(accepted), { outcome: 'handled', published: [] });
    assert.deepEqual(await consumer.handle(accepted), { outcome: 'repeated' });
    assert.deepEqual(labelled, [accepted.key]);
    await consumer.close();
  });

  const servers = databaseUrl !== undefined && kafkaUrl !== undefined;
  it('gets one label in the database', { skip: !servers && 'DATABASE_URL and KAFKA_URL are not set' }, async () => {
    const consumer = await consumerOnServers({
      databaseUrl: databaseUrl ?? '',
      kafkaUrl: kafkaUrl ?? '',
      topics: [parcelEvents],
      migrations: [CreateParcels1767225600000],
      module: ({ dataSource, units }) => moduleWith(dataSource, units),
    });
    const id = newId();
    await consumer.dataSource.query('INSERT INTO parcels (id) VALUES ($1)', [id]);
    const accepted = recordOf(ParcelAccepted, { parcelId: id });
    assert.deepEqual(await consumer.handle(accepted), { outcome: 'handled', published: [] });
    assert.deepEqual(await consumer.handle(accepted), { outcome: 'repeated' });
    const sql = 'SELECT labels FROM parcels WHERE id = $1';
    assert.deepEqual(await consumer.dataSource.query<{ labels: number }[]>(sql, [id]), [{ labels: 1 }]);
    await consumer.close();
  });
});
