/** What the tests ask of a ping service over HTTP. */

export function postPing(url: string, ping: { readonly id: string; readonly text: string }): Promise<Response> {
  return fetch(`${url}/pings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ping),
  });
}

/** How far a ping has come, and `seed`. */
export async function stepsOf(url: string, id: string): Promise<string[]> {
  return (await (await fetch(`${url}/pings/${id}`)).json()) as string[];
}

export async function probe(url: string, path: 'livez' | 'readyz') {
  const response = await fetch(`${url}/${path}`);
  return { status: response.status, ...((await response.json()) as { checks: Record<string, unknown> }) };
}
