import type { Groups } from './re2.ts';

/**
 * Puts groups into a template the way Go's Regexp.Expand does: `$1`, `${1}`, `$name`, `$$` for a dollar. A name without
 * braces is as long as letters, digits and underscores go on, so `$1x` means `${1x}`; an unknown one is empty; a `$` that
 * starts none of these stays.
 */
export function expand(template: string, groups: Groups): string {
  if (!template.includes('$')) return template;
  return template.replace(REFERENCE, (_whole, braced: string | undefined, bare: string | undefined) => {
    const name = braced ?? bare;
    if (name === undefined) return '$'; // both `$$` and a lone `$`
    return valueOf(name, groups) ?? '';
  });
}

// Letters and digits as Unicode has them, which JavaScript's \w has not.
const REFERENCE = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))?/gu;

function valueOf(name: string, groups: Groups): string | undefined {
  const isNumber = /^(?:0|[1-9][0-9]{0,8})$/.test(name);
  return isNumber ? groups.group(Number(name)) : groups.named(name);
}
