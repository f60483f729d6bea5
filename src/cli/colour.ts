/** How to paint a piece of text. Without colour each gives back what it was given. */
export type Palette = Readonly<Record<'added' | 'removed' | 'changed' | 'good' | 'bad' | 'warning' | 'dim' | 'bold', (text: string) => string>>;

const ESCAPE = '\u001b[';

/** The colours of the command line; all plain where `wanted` is false (CommandIo.colour knows). */
export function palette(wanted: boolean): Palette {
  const style = (code: number) => (text: string) => (wanted && text !== '' ? `${ESCAPE}${code}m${text}${ESCAPE}0m` : text);
  const [red, green, yellow, bold, dim] = [style(31), style(32), style(33), style(1), style(2)];
  return { added: green, removed: red, changed: yellow, good: green, bad: red, warning: yellow, dim, bold };
}

// Built from a string: a control character in a literal would be one in the source.
const PAINT = new RegExp(`${ESCAPE.replace('[', '\\[')}[0-9;]*m`, 'g');

/** The text without colours. */
export function withoutColour(text: string): string {
  return text.replace(PAINT, '');
}
