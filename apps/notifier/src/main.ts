import { runService } from '@dozen/service';
import { notifierService } from './service.js';

await runService(notifierService);
