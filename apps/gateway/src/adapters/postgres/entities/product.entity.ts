import type { Availability } from '@dozen/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The newest snapshot of a product. */
@Entity({ name: 'products' })
export class ProductEntity {
  @PrimaryColumn({ type: 'text' })
  sku!: string;

  @Column({ type: 'integer' })
  version!: number;

  @Column({ type: 'text' })
  name!: string;

  /** Minor units. pg reads bigint as text; contracts keep amounts within a double's integers. */
  @Column({ name: 'price_amount', type: 'bigint', transformer: { from: Number, to: String } })
  priceAmount!: number;

  @Column({ name: 'price_currency', type: 'text' })
  priceCurrency!: string;

  @Column({ type: 'text', nullable: true })
  availability!: Availability | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
