import { ChangeNotifications, Jobs, UnitsOfWork } from '@dozen/database';
import { Health, Lifecycle } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { CLOCK, CONFIG, LOGGER } from '../tokens.js';
import type { Backing } from './backing.js';

/** The root of every service: its own module, and globally what libs/service made for it. */
@Module({})
export class ServiceModule {
  static with(options: {
    root: Type | DynamicModule;
    config: unknown;
    logger: Logger;
    backing: Backing;
    lifecycle: Lifecycle;
    health: Health;
  }): DynamicModule {
    const { backing } = options;
    const providers = [
      { provide: CONFIG, useValue: options.config },
      { provide: LOGGER, useValue: options.logger },
      { provide: CLOCK, useValue: backing.clock },
      { provide: DataSource, useValue: backing.dataSource },
      { provide: UnitsOfWork, useValue: backing.units },
      { provide: Jobs, useValue: backing.jobs },
      { provide: ChangeNotifications, useValue: backing.notifications },
      { provide: Lifecycle, useValue: options.lifecycle },
      { provide: Health, useValue: options.health },
    ];
    return {
      module: ServiceModule,
      global: true,
      imports: [DiscoveryModule, options.root],
      providers,
      exports: providers.map(({ provide }) => provide),
    };
  }
}
