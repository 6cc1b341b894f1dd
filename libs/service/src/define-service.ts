import type { baseSection, ConfigOf, ConfigSchema } from '@dozen/config';
import type { ConnectionShare, createDataSource, databaseSection, JobQueue, Jobs, UnitsOfWork } from '@dozen/database';
import type { authSection, httpSection, ProblemCatalogue, SessionTokens } from '@dozen/http';
import type { Clock, TopicDeclaration } from '@dozen/kernel';
import { type kafkaSection, messagingMigrations } from '@dozen/messaging';
import type { Logger } from '@dozen/telemetry';
import type { DynamicModule, InjectionToken, Type } from '@nestjs/common';
import type { DataSource, MigrationInterface } from 'typeorm';
import type { z } from 'zod';
import type { Answer } from './admin/answer.js';

/** The variables that every service has: its config begins with these four sections. */
export type ServiceConfig = ConfigOf<typeof baseSection> &
  ConfigOf<typeof httpSection> &
  ConfigOf<typeof databaseSection> &
  ConfigOf<typeof kafkaSection> &
  Partial<ConfigOf<typeof authSection>>;

type Entities = Parameters<typeof createDataSource>[0]['entities'];

/** What an admin process may use. The relay of the running service sends what it publishes. */
export interface AdminContext<C extends ServiceConfig = ServiceConfig> {
  readonly config: C;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly dataSource: DataSource;
  readonly units: UnitsOfWork;
  readonly jobs: Jobs;
}

/** Name → schema from the text of the command line to a value; its description is the help. */
export type CommandTexts = Readonly<Record<string, z.ZodType<unknown, string>>>;

type ValuesOf<T extends CommandTexts> = { readonly [K in keyof T]: z.output<T[K]> };

/** An admin process of one service, beside those that every service has. */
export interface AdminCommand<
  C extends ServiceConfig = ServiceConfig,
  A extends CommandTexts = CommandTexts,
  O extends CommandTexts = CommandTexts,
> {
  /** One word, or two: `projection rebuild`. */
  readonly name: string;
  readonly description: string;
  /** What follows the name, in this order; all of it must be given. */
  readonly arguments?: A;
  /** `--name <text>`, in lower case; all of them must be given. */
  readonly options?: O;
  /** `given`: the values of arguments and options. */
  run(context: AdminContext<C>, given: ValuesOf<A> & ValuesOf<O>): Promise<Answer>;
}

/** Lets the types of `given` follow from the schemas. */
export function defineCommand<C extends ServiceConfig, A extends CommandTexts, O extends CommandTexts>(
  command: AdminCommand<C, A, O>,
): AdminCommand<C> {
  return command;
}

export interface ServiceOptions<C extends ServiceConfig> {
  /** Also the consumer group, the CloudEvents source `/dozen/<name>` and the application_name. Never change it. */
  readonly name: string;
  readonly config: ConfigSchema<C>;
  /** The root module, or an arrow function that makes it from the config. */
  readonly module: Type | ((config: C) => Type | DynamicModule);
  readonly entities: Entities;
  /** The service's own; the messaging tables' come along. */
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Topics that `migrate` makes sure of: what the service writes and reads. */
  readonly topics?: readonly TopicDeclaration[];
  /** Topics that its `@Handles` methods read. Without any, the process joins no consumer group. */
  readonly consumes?: readonly TopicDeclaration[];
  /** Every queue that it enqueues to or serves. */
  readonly jobs?: readonly JobQueue[];
  /** Its error codes as HTTP shows them. */
  readonly problems?: ProblemCatalogue;
  /** The provider of its module that knows the sessions of browsers: then a session's cookie stands for a token. */
  readonly sessions?: InjectionToken<SessionTokens>;
  /** Puts the data in that a new deploy needs; must be repeatable. Returns one line for the operator. */
  readonly seed?: (context: AdminContext<C>) => Promise<string>;
  /** What `migrate` prepares beside topics, tables and queues, in another backing service say; must be repeatable. */
  readonly prepare?: (context: AdminContext<C>) => Promise<void>;
  /**
   * What `prepare` has yet to make, by names for an operator: the service is not ready before `migrate` has run. A server that
   * does not answer does not count as lacking anything, since the service may well do without it.
   */
  readonly unprepared?: (config: C) => Promise<readonly string[]>;
  /** The most connections to PostgreSQL that its module opens beside the pool of every service. */
  readonly connections?: (config: C) => readonly ConnectionShare[];
  readonly commands?: readonly AdminCommand<C>[];
}

/** A service as `runService` and `startService` take it. */
export interface ServiceDefinition<C extends ServiceConfig = ServiceConfig> {
  readonly name: string;
  readonly config: ConfigSchema<C>;
  readonly entities: Entities;
  readonly migrations: readonly (new () => MigrationInterface)[];
  readonly topics: readonly TopicDeclaration[];
  readonly consumes: readonly TopicDeclaration[];
  readonly jobs: readonly JobQueue[];
  readonly problems: ProblemCatalogue;
  readonly sessions: InjectionToken<SessionTokens> | undefined;
  readonly seed: ((context: AdminContext<C>) => Promise<string>) | undefined;
  readonly prepare: ((context: AdminContext<C>) => Promise<void>) | undefined;
  readonly unprepared: (config: C) => Promise<readonly string[]>;
  readonly connections: (config: C) => readonly ConnectionShare[];
  readonly commands: readonly AdminCommand<C>[];
  rootModule(config: C): Type | DynamicModule;
}

export function defineService<C extends ServiceConfig>(options: ServiceOptions<C>): ServiceDefinition<C> {
  const {
    module,
    topics = [],
    consumes = [],
    jobs = [],
    problems = {},
    sessions,
    seed,
    prepare,
    unprepared = () => Promise.resolve([]),
    connections = () => [],
    commands = [],
  } = options;
  return {
    name: options.name,
    config: options.config,
    entities: options.entities,
    migrations: [...new Set([...messagingMigrations, ...options.migrations])],
    topics: [...new Set([...topics, ...consumes])],
    consumes,
    jobs,
    problems,
    sessions,
    seed,
    prepare,
    unprepared,
    connections,
    commands,
    rootModule: (config) => (isClass(module) ? module : module(config)),
  };
}

/** Arrow functions have no prototype property; classes do. */
function isClass<C>(module: Type | ((config: C) => Type | DynamicModule)): module is Type {
  return Object.hasOwn(module, 'prototype');
}
