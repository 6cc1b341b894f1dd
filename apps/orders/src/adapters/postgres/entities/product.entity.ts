import { safeInteger } from '@dozen/database';
import type { Availability } from '@dozen/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'product' })
export class ProductEntity {
  @PrimaryColumn({ type: 'text' })
  sku!: string;

  @Column({ type: 'integer' })
  version!: number;

  @Column({ type: 'text' })
  name!: string;

  /** Minor units. */
  @Column({ type: 'bigint', name: 'price_amount', transformer: safeInteger })
  priceAmount!: number;

  @Column({ type: 'text' })
  currency!: string;

  @Column({ type: 'boolean' })
  withdrawn!: boolean;

  /** The availability that the last snapshot said. */
  @Column({ type: 'text', nullable: true })
  availability!: Availability | null;
}
