import { ownersOfServices } from './codeowners.js';

describe('CODEOWNERS', () => {
  it('has a team for each service, and all of them for the contracts', () => {
    expect(ownersOfServices(['orders', 'parcels']).split('\n')).toEqual([
      '/libs/contracts/                    @dozen/orders @dozen/parcels',
      '/apps/orders/                       @dozen/orders',
      '/apps/parcels/                      @dozen/parcels',
      '',
    ]);
  });
});
