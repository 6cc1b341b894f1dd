/**
 * What the messaging core does how often, how long and how much at a time.
 *
 * | name | why this value |
 * |---|---|
 * | shards | upper bound of relay processes that share an outbox; cheap, so well above any deploy. Fixed: it is stored in rows |
 * | relayBatch | 1000 rows: past it the broker's gain per row is under 5 % and a crash repeats more |
 * | relaySendBytes | a broker takes 1 MiB per partition and request unless told otherwise, and a batch may be of one partition |
 * | relayRowBytes | what a record has besides its value: key, headers, framing |
 * | relaySendTimeoutMs | longer than a broker restart of 2 s, shorter than a drain of 30 s |
 * | relayStopMs | a stop waits this long for the batch in flight |
 * | relayPaceMs | from one look to the next while there are rows: what is committed meanwhile goes with the next batch |
 * | relayPollMs | commits announce their rows; polling covers announcements that were lost |
 * | leaseMs, leaseRenewMs | a dead relay's shards wait this long; renewed twice in it |
 * | batchWorkers | transactions of several partitions in flight at once: a second one gains nothing with a backlog, and without one halves the batches and waits for the other's locks |
 * | batchSize | rows per transaction: 500 amortises the commit; more only lengthens locks |
 * | unpackBytes | what a batch may unpack to, and an answer of the broker in all its batches: a batch has 1 MiB packed unless a topic is told otherwise, and JSON packs to a thirtieth at best |
 * | batchRecords | records in a batch, and about as many in an answer: 32 MiB of messages with CloudEvents' headers, which have 500 bytes each |
 * | recordBytes | four times what clients send unless told otherwise; the broker counts packed bytes, so a record may come that would hold up the process |
 * | textBytes | a key, or a header of CloudEvents: it stands in an index (PostgreSQL takes 2,704 bytes), in rows and in log lines |
 * | correlationBytes | a correlation id is copied into all that follows: 1000 rows with the longest one still fit into a request |
 * | noteChars | an operator's name, or reason: it is copied likewise |
 * | recordHeaders | CloudEvents and tracing take about twenty |
 * | batchHeaders | headers in all records of a batch, ten each: a header of no more than its length takes 80 bytes in memory |
 * | inFlightBytes | batches that are taken over and not done, of all partitions: a container of 320 MB unpacks the next ones beside them |
 * | portionBytes | records of one transaction: parked, they are text of twice the size in one statement. Hundreds of the usual ones |
 * | unreadableKeepBytes | bytes of a dead letter that could not be read: all of a batch, unless a topic is told to take larger ones |
 * | lockSlots | declared locks held at most, per database: four services of one server use 4096 of its 6400 (64 × 100) |
 * | batchGrow | a batch that ran out of time is halved; by so many rows it grows again: at twice the size the next one would be late again |
 * | batchDeadlineMs | a handler that takes longer is stuck: its connection is destroyed and the partition tries again |
 * | batchLockMs | a batch waits for its turn at rows that others hold, and the server serves in turn; below batchDeadlineMs, since who waits does not hang |
 * | retry | pauses of a partition after infrastructure errors, of the relay, and of all else that waits for an outage to end |
 * | retryDelaysMs | pauses before attempts 2, 3, …: what a message waits for (a row that another consumer writes, a deploy) comes in seconds or minutes; its key waits as long |
 * | retryPollMs | how soon an operator's decision, or what another process left, is noticed; one look at a small index |
 * | retryConcurrency | retries at once in a process: a slow one must not hold up another key; below the pool's size |
 * | retryLeaseMs | an attempt in progress that nobody reported the end of is taken over: above batchDeadlineMs, when its transaction is over for sure |
 * | retryAgainMs | pause of a retry after an infrastructure error, which is not counted |
 * | crashAttempts | processes that a message may end before the message is parked for it; as many crashes again would help nobody |
 * | memberTtlMs, memberRenewMs | a process that is silent this long ended uncleanly; below the broker's session of 6 s, so that its partitions' next owner knows |
 * | memberProofMs | a process that was silent and is not heard of for so long again is gone: twice memberRenewMs, and a bit for a new connection |
 * | isolateForMs | how long an unclean end is a reason to handle first batches singly: longer than a restart with its rebalance |
 * | decisionsKeepMs | operators' decisions are kept this long, as completed jobs' longest |
 * | inboxKeepMs | topics keep 7 days and a replay may come 7 days later; older ids are refused, so forgetting them is safe |
 * | inboxAheadMs | partitions made ahead: a service that cannot make one for two days is down anyway |
 * | inboxLockMs | DDL of the inbox waits as long for batches in flight; others wait behind it |
 * | clockSkewMs | how far ahead of ours a producer's clock may be: clocks that are kept in step differ by less than a second, and one that is minutes ahead is reported by its dead letters |
 * | commitEveryMs | offsets of so long are committed together; a process that is killed has as much handed out again, to drop it |
 * | commitTimeoutMs | how long a stop waits for the last offset commit; the inbox absorbs a lost one |
 * | revokeMs | how long a rebalance waits for what a member has in flight, so that it is committed and not done again. kafkajs asks after 0.2, 0.5, 1 and 1.9 s, and partitions are to move within 3 s |
 * | closeMs | how long the end of a connection is waited for: the client waits for ever when it has lost a request |
 * | stopWorkMs | how long a stop waits for work in flight: a transaction with its deadline, or a wait for a connection |
 * | leaveMs | how long a stop waits for the broker to hear that this member leaves; else the session timeout tells it |
 * | adminAskMs | limit of one question to the broker: topics, a group's offsets, a topic's ends; twice the client's own, so that it has a second try |
 * | steadyMs | a client that lived so long, or a batch that was handled, ends a row of crashes |
 * | crashesInARow | a client that cannot stay up this often in a row is not helped by another try in this process |
 * | silentMs | a client that hears nothing of its group although the broker answers is replaced: a join may take its request's deadline of 15 s, and then a rebalance of 10 s; below half of the minute after which the process is restarted for it |
 * | silentLookMs | how often a client that is in no group is looked at: one question to the broker |
 */
export const messagingPolicy = {
  shards: 16,
  relayBatch: 1000,
  relaySendBytes: 900_000,
  relayRowBytes: 450,
  relaySendTimeoutMs: 15_000,
  relayStopMs: 5_000,
  relayPaceMs: 5,
  relayPollMs: 2_000,
  leaseMs: 5_000,
  leaseRenewMs: 2_000,
  batchWorkers: 1,
  batchSize: 500,
  unpackBytes: 32 * 1024 * 1024,
  batchRecords: 65_536,
  recordBytes: 4 * 1024 * 1024,
  textBytes: 1024,
  correlationBytes: 128,
  noteChars: 500,
  recordHeaders: 1_000,
  batchHeaders: 655_360,
  inFlightBytes: 32 * 1024 * 1024,
  portionBytes: 4 * 1024 * 1024,
  unreadableKeepBytes: 1024 * 1024,
  lockSlots: 1024,
  batchGrow: 25,
  batchDeadlineMs: 10_000,
  batchLockMs: 8_000,
  retry: { firstMs: 100, mostMs: 5_000 },
  retryDelaysMs: [1_000, 5_000, 20_000, 60_000, 180_000],
  retryPollMs: 2_000,
  retryConcurrency: 4,
  retryLeaseMs: 15_000,
  retryAgainMs: 1_000,
  crashAttempts: 3,
  memberTtlMs: 5_000,
  memberRenewMs: 2_000,
  memberProofMs: 4_500,
  isolateForMs: 10 * 60 * 1000,
  decisionsKeepMs: 90 * 24 * 60 * 60 * 1000,
  inboxKeepMs: 14 * 24 * 60 * 60 * 1000,
  inboxAheadMs: 2 * 24 * 60 * 60 * 1000,
  inboxLockMs: 5_000,
  clockSkewMs: 5 * 60 * 1000,
  commitEveryMs: 200,
  commitTimeoutMs: 2_000,
  revokeMs: 500,
  closeMs: 2_000,
  stopWorkMs: 12_000,
  leaveMs: 5_000,
  adminAskMs: 10_000,
  steadyMs: 60_000,
  crashesInARow: 5,
  silentMs: 25_000,
  silentLookMs: 1_000,
} as const;
