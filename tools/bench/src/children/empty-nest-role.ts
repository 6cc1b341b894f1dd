import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { playRole } from './role.js';

@Module({})
class EmptyModule {}

/** Nest on Fastify without a line of its own: the least that a service of this kind can be. */
await playRole(async (_input, cue) => {
  const app = await NestFactory.create(EmptyModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  cue.ready();
  await cue.stop;
  const { rss } = process.memoryUsage();
  await app.close();
  return rss;
});
