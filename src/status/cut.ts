/** The text, cut to at most `limit` characters; an ellipsis at the end shows that something is missing. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, limit - 1);
  // Half a surrogate pair is no character: the API server would refuse it.
  return `${kept.replace(/[\uD800-\uDBFF]$/, '')}\u2026`;
}

/** The first items as a sentence part: `a, b, c and 4 more`. */
export function firstOf(items: readonly string[], limit: number): string {
  const rest = items.length - limit;
  return rest > 0 ? `${items.slice(0, limit).join(', ')} and ${rest} more` : items.join(', ');
}
