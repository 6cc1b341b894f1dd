import { runService } from '@dozen/service';
import { gatewayService } from './service.js';

await runService(gatewayService);
