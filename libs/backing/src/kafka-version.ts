/**
 * The one Kafka version: embedded, compose and testcontainers. 4.3.1, since the command-line tools of 4.4.0 do not
 * resolve from Maven. pom.xml repeats it; a test holds the two together.
 */
export const KAFKA_VERSION = '4.3.1';
