/** For `node --import @dozen/telemetry/register`: before the application, since what it measures with is made once. */
import { wantedSignals } from './wanted.js';

const wanted = wantedSignals(process.env);
if (wanted !== undefined) {
  const { startSdk } = await import('./start.js');
  startSdk(wanted, process.env);
}
