import { UnitOfWork, UnitsOfWork } from '@dozen/database';
import { Handles } from '@dozen/messaging';
import { Controller, Get, NotFoundException, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { ParcelAccepted } from './contract.js';

export class CreateParcels1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE parcels (id uuid PRIMARY KEY, labels int NOT NULL DEFAULT 0)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE parcels');
  }
}

@Controller('parcels/:id')
export class ParcelsController {
  constructor(
    private readonly units: UnitsOfWork,
    private readonly dataSource: DataSource,
  ) {}

  /** The row and the event are there together, or neither is. */
  @Post()
  async accept(@Param('id', ParseUUIDPipe) id: string): Promise<void> {
    await this.units.run(async (unit) => {
      await unit.manager.query('INSERT INTO parcels (id) VALUES ($1)', [id]);
      unit.publish(ParcelAccepted, { parcelId: id });
    });
  }

  /** Runs in the transaction that remembers the message's id: however often it is delivered, there is one label. */
  @Handles(ParcelAccepted)
  async printLabel(event: { parcelId: string }, unit: UnitOfWork): Promise<void> {
    await unit.manager.query('UPDATE parcels SET labels = labels + 1 WHERE id = $1', [event.parcelId]);
  }

  @Get()
  async show(@Param('id', ParseUUIDPipe) id: string): Promise<{ labels: number }> {
    const [parcel] = await this.dataSource.query<{ labels: number }[]>('SELECT labels FROM parcels WHERE id = $1', [
      id,
    ]);
    if (parcel === undefined) throw new NotFoundException();
    return parcel;
  }
}
