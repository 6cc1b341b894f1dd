export default async function teardown() {
  await globalThis.dozenTestPostgres?.stop();
}
