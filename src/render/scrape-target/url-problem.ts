/** What is wrong with an absolute URL, as a sentence with the mend: what Go's url.Parse would refuse, and a host that is missing. */
export function urlProblem(text: string): string | undefined {
  if (/[\p{Cc}\p{Z}\\]/u.test(text)) return `the URL "${text}" holds a space, a control character or a backslash: encode it`;
  const percent = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text)?.[0];
  if (percent !== undefined) return `"${percent}" in the URL "${text}" is no escape: write %25 for a percent sign`;
  const [, host] = /^[a-z][a-z0-9]*:\/\/(?:[-A-Za-z0-9._~!$&'()*+,;=:%]*@)?([^/?#]*)/.exec(text) ?? [];
  const isFine = host && !/[@"<>^`{|}%]/.test(host) && URL.canParse(text);
  return isFine ? undefined : `"${text}" is no URL: write it like https://host:port/path`;
}
