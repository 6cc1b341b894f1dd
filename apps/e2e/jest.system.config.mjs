import { system } from '../../jest.preset.mjs';

export default system('e2e');
