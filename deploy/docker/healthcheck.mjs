/** For HEALTHCHECK, where there is no shell: exits with 0 when this container answers 200 at the path given, else with 1. */
import { get } from 'node:http';

const url = `http://127.0.0.1:${process.env['PORT'] || 3000}${process.argv[2]}`;
get(url, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1));
