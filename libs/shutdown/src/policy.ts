/**
 * When a process is taken for stuck, and how long it may take to say so. Times in ms.
 *
 * | name | why this value |
 * |---|---|
 * | stalledMs | several deadlines of a unit of work (10 s), which end what is merely slow; a rollout is not held up by it |
 * | blockedMs | an event loop that needs longer for half of its turns answers nobody in time |
 * | blockedTurns | one long pause (garbage collection, a paused container) is no reason to restart; several in the window are |
 * | blockedWindowMs | turns that are longer ago are forgotten; longer than the usual 10 s between two probes |
 * | loopResolutionMs | how often the delay of the event loop is measured |
 * | checkMs | shorter than the usual timeout of a probe, so that the answer names the check that is slow |
 */
export const livenessPolicy = {
  stalledMs: 60_000,
  blockedMs: 1_000,
  blockedTurns: 3,
  blockedWindowMs: 15_000,
  loopResolutionMs: 20,
  checkMs: 1_000,
};
