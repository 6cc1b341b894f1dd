import { component } from '../../jest.preset.mjs';

export default component('identity', { backing: false });
