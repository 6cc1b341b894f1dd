import { runService } from '@dozen/service';
import { ordersService } from './service.js';

await runService(ordersService);
