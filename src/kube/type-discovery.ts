import type { Clock } from './clock.ts';
import type { ResourceType } from './cluster.ts';
import { errorFromAnswer, isKubeError } from './errors.ts';
import { groupVersionPath, knownResourceType } from './resource-types.ts';
import { requestName, type ApiRequest, type Transport } from './transport.ts';

interface Discovered {
  readonly types: readonly ResourceType[];
  readonly readMs: number;
}

/** For so long an answer is good enough to find a kind by. */
const DISCOVERY_MS = 60_000;

/** How the API server calls the resources of a kind. It is asked only for kinds that are not known anyway. */
export class TypeDiscovery {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #discovered = new Map<string, Discovered>();

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /** The type of a kind. Rejects with a KubeError; it is `notFound` where the server has no such kind. */
  async typeOf({ apiVersion, kind }: Pick<ResourceType, 'apiVersion' | 'kind'>): Promise<ResourceType> {
    const known = knownResourceType(apiVersion, kind) ?? this.#remembered(apiVersion, kind);
    if (known) return known;
    const types = await this.typesOf(apiVersion);
    this.#discovered.set(apiVersion, { types, readMs: this.#clock.now() });
    const found = types.find((type) => type.kind === kind);
    if (found) return found;
    const message = `the server has no ${kind} in ${apiVersion}`;
    throw errorFromAnswer(requestName(discovery(apiVersion)), { status: 404, text: JSON.stringify({ kind: 'Status', message }) });
  }

  /** All types of a group and version as the server has them now; none where it has no such group. Rejects with a KubeError. */
  async typesOf(apiVersion: string): Promise<readonly ResourceType[]> {
    try {
      const { resources = [] } = await this.#transport.json<{ resources?: { name: string; kind: string; namespaced: boolean }[] }>(discovery(apiVersion));
      return resources
        .filter(({ name }) => !name.includes('/')) // those with a slash are subresources
        .map(({ name, kind, namespaced }) => ({ apiVersion, kind, plural: name, namespaced }));
    } catch (error) {
      if (isKubeError(error, 'notFound')) return [];
      throw error;
    }
  }

  #remembered(apiVersion: string, kind: string): ResourceType | undefined {
    const entry = this.#discovered.get(apiVersion);
    if (!entry || this.#clock.now() - entry.readMs > DISCOVERY_MS) return undefined;
    return entry.types.find((type) => type.kind === kind);
  }
}

function discovery(apiVersion: string): ApiRequest {
  return { method: 'GET', verb: 'get', path: groupVersionPath(apiVersion), resource: 'discovery', isIdempotent: true };
}
