/** How long to wait, and how often to look; both in milliseconds. */
export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Polls `probe` until it answers something other than undefined, null or false, and answers that.
 * A probe that throws is asked again. On timeout it rejects with what was awaited, what the probe last
 * reported through `seen`, and the last error.
 */
export async function waitFor<T>(
  what: string,
  probe: (seen: (value: unknown) => void) => Promise<T | undefined | null | false> | T | undefined | null | false,
  { timeoutMs = 30_000, intervalMs = 100 }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let lastSeen: unknown = 'nothing';
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await probe((value) => (lastSeen = value));
      if (answer !== undefined && answer !== null && answer !== false) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() >= deadline) break;
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
  const failure = lastError === undefined ? '' : `; last error: ${lastError instanceof Error ? lastError.message : String(lastError)}`;
  throw new Error(`waited ${timeoutMs / 1000} s for ${what}; last seen: ${shown(lastSeen)}${failure}`, { cause: lastError });
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 2_000 ? `${text.slice(0, 2_000)} …` : text;
}
