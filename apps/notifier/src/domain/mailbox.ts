/** One sender as in a From header: `Dozen <orders@dozen.example>` or the address alone. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
  readonly domain: string;
}

const ADDRESS = /^([^\s<>@,;"()]+)@([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)$/;
const NAMED = /^([^<>\p{Cc}]*)<([^<>]*)>$/u;

/** Undefined for what is not exactly one address. Quoted local parts (RFC 5321) are not taken. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, name = '', inner = text] = NAMED.exec(text.trim()) ?? [];
  const address = inner.trim();
  const domain = ADDRESS.exec(address)?.[2];
  return domain === undefined ? undefined : { name: name.trim().replace(/^"(.*)"$/, '$1'), address, domain };
}
