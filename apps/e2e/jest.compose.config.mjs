import { compose } from '../../jest.preset.mjs';

export default compose('e2e');
