import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../api/kube-object.ts';
import { offlineStacks } from './offline-stacks.ts';
import { readFiles } from './read-files.ts';
import { renderFiles, type RenderedStack } from './render-files.ts';
import { CLUSTER_RULES, type PolicyRule } from './rbac.ts';
import { knownResourceType } from '../kube/resource-types.ts';
import { findingLine } from './finding-line.ts';
import { stackFiles } from './stack-files.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const stories = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
const noStdin = { readStdin: () => Promise.reject(new Error('nobody reads standard input here')) };

async function renderStory(story: string): Promise<{ stacks: RenderedStack[]; findings: string[]; files: Map<string, string>; count: number }> {
  const offline = offlineStacks(await readFiles([join(EXAMPLES, story)], noStdin), 'default');
  const { stacks, findings } = renderFiles(offline.inputs, offline);
  const count = Object.values(offline.resources).reduce((sum, list) => sum + list.length, 0);
  return { stacks, findings: findings.map(findingLine), files: stackFiles(stacks), count };
}

interface Grant {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
}

function grantsOf(rule: PolicyRule): Grant[] {
  const urls = (rule.nonResourceURLs ?? []).flatMap((resource) => rule.verbs.map((verb) => ({ group: 'url', resource, verb })));
  const resources = (rule.apiGroups ?? []).flatMap((group) => (rule.resources ?? []).flatMap((resource) => rule.verbs.map((verb) => ({ group, resource, verb }))));
  return [...urls, ...resources];
}

const shown = ({ group, resource, verb }: Grant): string => `${verb} ${group}/${resource}`;
const held = new Set(CLUSTER_RULES.flatMap(({ rule }) => grantsOf(rule)).map(shown));

/** What roles that every cluster has grant, and so whoever binds them must hold. */
const BUILTIN_ROLES: Readonly<Record<string, readonly string[]>> = {
  'system:auth-delegator': ['create authentication.k8s.io/tokenreviews', 'create authorization.k8s.io/subjectaccessreviews'],
  'extension-apiserver-authentication-reader': ['get /configmaps', 'list /configmaps', 'watch /configmaps'],
};

/** Everything that the roles among these objects, and those that they bind, grant. */
function grantedBy(objects: readonly KubeObject[]): string[] {
  const own = objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole').flatMap((role) => (role['rules'] as PolicyRule[]).flatMap(grantsOf).map(shown));
  const bound = objects.flatMap((object) => BUILTIN_ROLES[(object['roleRef'] as { readonly name: string } | undefined)?.name ?? ''] ?? []);
  return [...own, ...bound];
}

/** What the operator must hold to create, change and delete an object. */
function neededFor(object: KubeObject): string[] {
  const plural = knownResourceType(object.apiVersion, object.kind)?.plural ?? object.kind;
  const group = object.apiVersion.includes('/') ? object.apiVersion.slice(0, object.apiVersion.indexOf('/')) : '';
  return ['get', 'list', 'watch', 'create', 'patch', 'delete'].map((verb) => shown({ group, resource: plural, verb }));
}

describe('examples', () => {
  it('are there', () => {
    expect(stories).to.include.members(['quickstart', 'cluster-wide', 'probes', 'annotations', 'auth-and-tls', 'agent-remote-write', 'ha-and-shards', 'alert-routing', 'gitops-argocd']);
  });

  for (const story of stories) {
    describe(story, () => {
      it('is accepted as a whole, and gives a config for every stack', async () => {
        const { stacks, findings, files, count } = await renderStory(story);
        expect(findings).to.deep.equal([]);
        expect(stacks).not.to.be.empty;
        expect(count, 'resources').to.be.greaterThan(0);
        for (const { input, rendered } of stacks) {
          expect(rendered.omitted, 'what this release of Prometheus cannot do').to.deep.equal([]);
          expect(files.get(`prometheus/${input.stack.metadata.name}/prometheus.yml`)).to.include('scrape_config_files');
        }
      });

      it('selects every resource that it has', async () => {
        const { stacks, count } = await renderStory(story);
        const selected = stacks.flatMap(({ input }) => [...input.targets, ...input.policies]);
        expect(stacks.length + selected.length).to.equal(count);
      });

      it('needs no permission that the operator does not hold', async () => {
        const { stacks } = await renderStory(story);
        const objects = stacks.flatMap(({ rendered }) => rendered.objects);
        const needed = new Set([...objects.flatMap(neededFor), ...grantedBy(objects)]);
        expect([...needed].filter((permission) => !held.has(permission))).to.deep.equal([]);
      });

      it('has a page that names the command to apply it', () => {
        const page = join(EXAMPLES, story, 'README.md');
        expect(existsSync(page)).to.equal(true);
        expect(readFileSync(page, 'utf8')).to.include(`kubectl apply -f examples/${story}`);
      });
    });
  }

  it('need every permission that the operator holds, but for what it reads and notes itself', async () => {
    const itself = [
      ...['monitoringstacks', 'scrapetargets', 'alertpolicies'].flatMap((resource) => [
        ...['get', 'list', 'watch'].map((verb) => `${verb} belfry.dev/${resource}`),
        `patch belfry.dev/${resource}/status`,
      ]),
      'patch belfry.dev/monitoringstacks', // the finalizer
      'patch /pods', // the config hash
      ...['get', 'list', 'watch'].flatMap((verb) => ['/pods', '/namespaces', 'storage.k8s.io/storageclasses'].map((resource) => `${verb} ${resource}`)),
      ...['create', 'update', 'patch'].flatMap((verb) => ['/events', 'events.k8s.io/events'].map((resource) => `${verb} ${resource}`)),
    ];
    const rendered = await Promise.all(stories.map(async (story) => (await renderStory(story)).stacks.flatMap((stack) => stack.rendered.objects)));
    const objects = rendered.flat();
    const needed = new Set([...itself, ...objects.flatMap(neededFor), ...grantedBy(objects)]);
    expect([...held].filter((permission) => !needed.has(permission))).to.deep.equal([]);
  });
});
