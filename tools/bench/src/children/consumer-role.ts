import { ours } from '../inbox/ours.js';
import { perMessage } from '../inbox/per-message.js';
import { stockNest } from '../inbox/stock-nest.js';
import type { ConsumerInput } from '../inbox/consumer-input.js';
import { playRole } from './role.js';

const KINDS = { ours, 'per-message': perMessage, stock: stockNest };

/** A consumer in a process of its own, until the parent says stop. */
await playRole<ConsumerInput>(async (input, cue) => {
  const close = await KINDS[input.kind](input);
  cue.ready();
  await cue.stop;
  const used = process.cpuUsage();
  await close();
  return used;
});
