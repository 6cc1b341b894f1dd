import { component } from '../../jest.preset.mjs';

export default component('backing', { backing: false });
