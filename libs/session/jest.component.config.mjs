import { component } from '../../jest.preset.mjs';

export default component('session');
