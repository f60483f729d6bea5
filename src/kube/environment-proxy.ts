import { BlockList, isIP } from 'node:net';

/** The variables that name a proxy, as in `process.env`. */
export type ProxyVariables = Readonly<Record<string, string | undefined>>;

/**
 * The settings for `proxyEnv` of Node's agents: the proxy that the environment names for `server` (`https://host:port`), or undefined where
 * requests go straight there. HTTPS_PROXY, HTTP_PROXY and NO_PROXY (in capitals or not) are read as client-go, and so kubectl, reads them:
 * https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config. Node itself knows no CIDR in NO_PROXY, and does not spare loopback addresses.
 */
export function environmentProxy(server: string, env: ProxyVariables): Record<string, string> | undefined {
  const url = new URL(server);
  const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = valueOf(variable, env);
  if (proxy === '') return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (isLoopback(host) || valueOf('NO_PROXY', env).split(',').some((entry) => spares(entry.trim().toLowerCase(), host, port))) return undefined;
  return { [variable]: proxy.includes('://') ? proxy : `http://${proxy}` };
}

function valueOf(variable: string, env: ProxyVariables): string {
  return (env[variable] ?? env[variable.toLowerCase()] ?? '').trim();
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && (contains('127.0.0.0/8', host) || contains('::1/128', host)));
}

/** Whether an entry of NO_PROXY is about this host: `*`, a CIDR, an address or a domain, both with a port or not. */
function spares(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return contains(entry, host);
  const withPort = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(entry);
  if (!withPort) return covers(entry.replace(/^\[|\]$/g, ''), host);
  return withPort[3] === port && covers(withPort[1] ?? withPort[2] ?? '', host);
}

/** A name covers itself and what is below it; `.name` and `*.name` only what is below. */
function covers(name: string, host: string): boolean {
  if (name === '' || isIP(host) !== 0) return name === host;
  const domain = name.replace(/^\*\./, '.');
  return domain === host || host.endsWith(domain.startsWith('.') ? domain : `.${domain}`);
}

function contains(cidr: string, host: string): boolean {
  const [address = '', bits = ''] = cidr.split('/');
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(address, Number(bits), type);
  return block.check(host, type);
}
