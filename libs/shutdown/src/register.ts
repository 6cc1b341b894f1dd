/**
 * To be loaded before all else (`--import`, first). Loads nothing itself, so that the handler is there as soon as Node runs any
 * code. With arguments the process is a command (`migrate`), which this handler serves to its end.
 */
import { exitEarly } from './early-exit.js';

exitEarly(process.argv.length > 2 ? 'command' : 'service');
