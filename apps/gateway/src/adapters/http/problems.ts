import { defineProblems } from '@dozen/http';

/** How HTTP shows the gateway's errors. One without a row is never meant for a client. */
export const gatewayProblems = defineProblems({
  'GWY-ORDER-NOT-FOUND': { status: 404, title: 'There is no such order' },
  'GWY-ORDER-FINAL': { status: 409, title: 'The order cannot be cancelled any more' },
});
