import { KAFKA_VERSION } from '../kafka-version.js';
import { POSTGRES_MAJOR } from '../policy.js';

/** The images of DOZEN_BACKING=docker and of docker-compose.yml; a test holds the two together. */
export const POSTGRES_IMAGE = `postgres:${POSTGRES_MAJOR}-bookworm`;
export const KAFKA_IMAGE = `apache/kafka:${KAFKA_VERSION}`;
