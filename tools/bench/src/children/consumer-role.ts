import { ours, oursSetBased } from '../inbox/ours.js';
import { perMessage } from '../inbox/per-message.js';
import { stockNest, stockNestUpdate } from '../inbox/stock-nest.js';
import type { ConsumerInput } from '../inbox/consumer-input.js';
import { playRole } from './role.js';

const KINDS: Readonly<Record<ConsumerInput['kind'], (input: ConsumerInput) => Promise<() => Promise<void>>>> = {
  ours,
  'ours-set-based': oursSetBased,
  'per-message': perMessage,
  stock: stockNest,
  'stock-update': stockNestUpdate,
};

/** A consumer in a process of its own, until the parent says stop. */
await playRole<ConsumerInput>(async (input, cue) => {
  const close = await KINDS[input.kind](input);
  cue.ready();
  await cue.stop;
  const used = process.cpuUsage();
  await close();
  return used;
});
