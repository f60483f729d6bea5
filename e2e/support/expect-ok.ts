/** Fetches, and rejects with the body of an answer that is not 2xx. */
export async function expectOk(url: string, init?: RequestInit): Promise<void> {
  const response = await fetch(url, init);
  const body = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${body.trim()}`);
}
