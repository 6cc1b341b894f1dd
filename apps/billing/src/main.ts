import { runService } from '@dozen/service';
import { billingService } from './service.js';

await runService(billingService);
