/*
 * | value                | reason                                                                                        |
 * | longestWaitS 1 h     | above greylisting and a restart of a mail server. Whoever has heard nothing for longer is better told how it ended |
 * | firstLookS 2         | as long as the first retry of the mail that is waited for                                      |
 * | longestLookS 60      | how late it may be noticed that the wait is over, when it has lasted                           |
 */
export const orderOfMails = { longestWaitS: 3_600, firstLookS: 2, longestLookS: 60 } as const;

/**
 * Returns in how many seconds to look again for a mail that has waited `waitedS` for an earlier one of its order; undefined
 * when it waits no longer. The pause is a quarter of what the mail has waited, so that an outage of hours does not cost a look
 * every other second.
 */
export function nextLookS(waitedS: number): number | undefined {
  const { longestWaitS, firstLookS, longestLookS } = orderOfMails;
  if (waitedS >= longestWaitS) return undefined;
  return Math.min(longestLookS, Math.max(firstLookS, Math.ceil(waitedS / 4)));
}
