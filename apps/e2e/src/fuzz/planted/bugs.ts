import type { FuzzBug } from './fuzz-bug.js';
import { HTTP_BUGS } from './http-bugs.js';
import { KAFKA_BUGS } from './kafka-bugs.js';

export const FUZZ_BUGS: readonly FuzzBug[] = [...KAFKA_BUGS, ...HTTP_BUGS];
