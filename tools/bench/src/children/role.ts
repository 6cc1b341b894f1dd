import type { FromChild } from './child.js';

export interface Cue {
  ready(): void;
  /** The parent said go. */
  readonly go: Promise<unknown>;
  /** The parent said stop. */
  readonly stop: Promise<unknown>;
}

/** The child's side: runs `work` with the parent's input, reports its result, ends. Dies with its parent. */
export async function playRole<In>(work: (input: In, cue: Cue) => Promise<unknown>): Promise<void> {
  const go = Promise.withResolvers<null>();
  const stop = Promise.withResolvers<null>();
  const given = Promise.withResolvers<In>();
  process.on('message', (message) => {
    if (message === 'go') go.resolve(null);
    else if (message === 'stop') stop.resolve(null);
    else given.resolve(message as In);
  });
  process.on('disconnect', () => process.exit(1));
  // Ctrl-C goes to the whole group; the parent decides.
  process.on('SIGINT', () => undefined);
  const result = await work(await given.promise, {
    ready: () => void tell({ state: 'ready' }),
    go: go.promise,
    stop: stop.promise,
  });
  await tell({ state: 'done', result: result ?? null });
  process.removeAllListeners('disconnect');
  process.disconnect();
}

/** Resolves when it is on its way; a channel that is closed at once loses it. */
function tell(message: FromChild): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}
