/** `plural(1, 'target')` is "1 target", `plural(2, 'target')` "2 targets"; `many` where adding an s is wrong. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
