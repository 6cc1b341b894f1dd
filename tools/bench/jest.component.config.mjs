import { component } from '../../jest.preset.mjs';

export default component('bench', { backing: false });
