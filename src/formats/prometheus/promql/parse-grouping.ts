import { isLabelName } from '../label-name.ts';
import { stringValue } from './parse-selector.ts';
import type { TokenStream } from './token-stream.ts';

/** A list of labels in parentheses, as behind by, without, on, ignoring and group_left. */
export function parseGrouping(tokens: TokenStream): string[] {
  const where = 'a list of labels';
  tokens.expect('(', where);
  const labels: string[] = [];
  while (!tokens.isSymbol(')')) {
    labels.push(parseLabel(tokens, where));
    if (!tokens.isSymbol(')')) tokens.expect(',', where);
  }
  tokens.take();
  return labels;
}

function parseLabel(tokens: TokenStream, where: string): string {
  const { type, text, start } = tokens.peek();
  const isWord = type === 'identifier' || type === 'metric' || (type === 'keyword' && text !== 'without');
  if (!isWord && type !== 'string') throw tokens.unexpected(where, 'a label');
  const token = tokens.take();
  if (type === 'string') tokens.needs([2, 55, 0], 'quoted labels', start);
  const label = type === 'string' ? stringValue(tokens, token) : token.raw;
  if (!isLabelName(label, tokens.isSince([3, 0, 0]) ? 'utf8' : 'legacy')) tokens.report(`"${label}" is no label name`, start);
  return label;
}
