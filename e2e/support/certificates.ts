/** A throw-away certificate authority by openssl, with EC keys: a certificate takes some ten milliseconds. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** Paths of a certificate and its key, in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Who a certificate names: a user with groups (as Kubernetes reads CN and O), or a server with its names and addresses. */
export interface Subject {
  readonly user: string;
  readonly groups?: readonly string[];
  /** DNS names and IP addresses of a server. */
  readonly hosts?: readonly string[];
}

const DAYS = '365';

async function openssl(args: readonly string[]): Promise<void> {
  await execFileAsync('openssl', args).catch((cause: unknown) => {
    throw new Error(`openssl ${args[0]} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
}

/** An EC key of its own, for instance to sign service account tokens: `<dir>/<name>.key` and `.pub`. */
export async function createSigningKey(dir: string, name: string): Promise<{ privateKey: string; publicKey: string }> {
  const privateKey = join(dir, `${name}.key`);
  const publicKey = join(dir, `${name}.pub`);
  await mkdir(dir, { recursive: true });
  await openssl(['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', privateKey]);
  await openssl(['ec', '-in', privateKey, '-pubout', '-out', publicKey]);
  return { privateKey, publicKey };
}

/** A self-signed authority: `<dir>/<name>.crt` and `.key`. */
export async function createAuthority(dir: string, name: string): Promise<KeyPair> {
  const pair = { cert: join(dir, `${name}.crt`), key: join(dir, `${name}.key`) };
  await mkdir(dir, { recursive: true });
  await openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', DAYS,
    '-subj', `/CN=${name}`, '-addext', 'keyUsage=critical,keyCertSign,cRLSign,digitalSignature',
    '-keyout', pair.key, '-out', pair.cert]);
  return pair;
}

/** A certificate of `authority` for `subject`: `<dir>/<name>.crt` and `.key`, good for client and server. */
export async function createCertificate(authority: KeyPair, dir: string, name: string, subject: Subject): Promise<KeyPair> {
  const pair = { cert: join(dir, `${name}.crt`), key: join(dir, `${name}.key`) };
  const request = join(dir, `${name}.csr`);
  const extensions = join(dir, `${name}.ext`);
  const names = (subject.hosts ?? []).map((host) => (isIP(host) ? `IP:${host}` : `DNS:${host}`));
  await mkdir(dir, { recursive: true });
  await writeFile(extensions, [
    'keyUsage=critical,digitalSignature,keyEncipherment',
    'extendedKeyUsage=serverAuth,clientAuth',
    ...(names.length > 0 ? [`subjectAltName=${names.join(',')}`] : []),
  ].join('\n'));
  // openssl splits the subject at slashes; groups such as those of service accounts have none, but names of users may.
  const groups = (subject.groups ?? []).map((group) => `/O=${group.replaceAll('/', '\\/')}`).join('');
  await openssl(['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
    '-subj', `${groups}/CN=${subject.user.replaceAll('/', '\\/')}`, '-keyout', pair.key, '-out', request]);
  await openssl(['x509', '-req', '-in', request, '-CA', authority.cert, '-CAkey', authority.key, '-CAcreateserial',
    '-days', DAYS, '-extfile', extensions, '-out', pair.cert]);
  return pair;
}
