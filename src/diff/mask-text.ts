import { isCredentialName } from './credential.ts';

/** Called for each credential found: a hint at where in the text it is, and what it is; answers with what to show. */
type Replace = (hint: string, value: string) => string;

/** `key: value` and `key = value`, in YAML, INI and environment files: indent and key, separator, value. */
const ASSIGNMENT = /^(\s*(?:- )*["']?(\w[\w.-]*)["']?\s*[:=]\s*)(\S.*)$/;
/** The beginning of a YAML block scalar, whose lines are the value. */
const BLOCK = /^[|>][+-]?\d*$/;

/** A text (a config file, an argument) with what looks like a credential replaced, line by line. */
export function maskText(text: string, replace: Replace): string {
  let block: { readonly indent: number; readonly key: string } | undefined;
  const lines = text.split('\n').map((line) => {
    const indent = line.search(/\S/);
    if (block && (indent === -1 || indent > block.indent)) return indent === -1 ? line : line.slice(0, indent) + replace(block.key, line.trim());
    block = undefined;
    const assignment = assignedCredential(line);
    if (!assignment) return maskInline(line, replace);
    const { before, key, value } = assignment;
    if (BLOCK.test(value)) block = { indent, key };
    return block ? line : before + replace(key, value);
  });
  return lines.join('\n');
}

function assignedCredential(line: string): { before: string; key: string; value: string } | undefined {
  const [, before = '', key = '', value = ''] = ASSIGNMENT.exec(line) ?? [];
  // An opening bracket is a map or list on one line: its members are looked at one by one.
  return isCredentialName(key) && !/^[{[]/.test(value) ? { before, key, value } : undefined;
}

const JSON_MEMBER = /("([^"\\]+)"\s*:\s*)"((?:[^"\\]|\\.)+)"/g;
const FLOW_MEMBER = /([{,]\s*([\w.-]+):\s+)([^\s,}"'{[][^,}]*)/g;
const FLAG = /(--?([\w.-]+)[= ])(\S+)/g;
const SCHEME = /\b(Bearer|Basic) ([A-Za-z0-9._~+/=-]{6,})/g;
const USER_INFO = /(:\/\/)([^\s/@"']+:[^\s/@"']+)@/g;
/** URLs that are credentials in themselves: whoever has one may post. */
const WEBHOOK = /(https:\/\/hooks\.slack\.com\/services\/|https:\/\/discord(?:app)?\.com\/api\/webhooks\/|https:\/\/[\w.-]+\.webhook\.office\.com\/)([^\s"']+)/g;

function maskInline(line: string, replace: Replace): string {
  return line
    .replace(JSON_MEMBER, (whole: string, before: string, key: string, value: string) => (isCredentialName(key) ? `${before}"${replace(key, value)}"` : whole))
    .replace(FLOW_MEMBER, (whole: string, before: string, key: string, value: string) => (isCredentialName(key) ? before + replace(key, value) : whole))
    .replace(FLAG, (whole: string, before: string, key: string, value: string) => (isCredentialName(key) ? before + replace(key, value) : whole))
    .replace(SCHEME, (_, scheme: string, value: string) => `${scheme} ${replace(scheme, value)}`)
    .replace(USER_INFO, (_, before: string, value: string) => `${before}${replace('userinfo', value)}@`)
    .replace(WEBHOOK, (_, before: string, value: string) => before + replace('webhook', value));
}
