import { component } from '../../jest.preset.mjs';

export default component('smtp-sink', { backing: false });
