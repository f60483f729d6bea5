import { expect } from 'chai';
import type { MonitoringStackSpec } from '../api/monitoring-stack.ts';
import { renderStack } from '../render/render-stack.ts';
import { stackInput } from '../testing/stack-case.ts';
import { componentFacts } from './component-facts.ts';

const plugin = (name: string) => ({ name, script: { configMap: { name: 'npd', key: `${name}.sh` } }, reason: 'Down' });
const spec: MonitoringStackSpec = { scope: 'Cluster', exporters: { nodeProblemDetector: { plugins: [plugin('a'), plugin('b'), plugin('c')] } } };

/** What each component is said to lack, where a namespace has these keys. */
function lacks(references: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const rendered = renderStack(stackInput({ name: 'cluster', namespace: 'monitoring', spec, references }));
  const components = componentFacts(rendered, { pods: [], owned: () => undefined, failures: [], namespaceLabels: {} });
  return Object.fromEntries(components.flatMap(({ name, refused }) => (refused === undefined ? [] : [[name, refused]])));
}

describe('reconcile/component-facts', () => {
  const script = { 'ConfigMap/monitoring/npd/a.sh': '#!/bin/sh\n' };

  it('says of a component what keeps a part of it from its work, in one sentence, and of no other', () => {
    const path = (index: number) => `spec.exporters.nodeProblemDetector.plugins[${index}].script.configMap`;
    const says = (key: string) => `ConfigMap monitoring/npd has no key ${key}, but a.sh: add it, or name one of those`;
    expect(lacks(script)).to.deep.equal({ 'node-problem-detector': `${path(1)}: ${says('b.sh')}; ${path(2)}: ${says('c.sh')}` });
  });

  it('says nothing once all is there', () => expect(lacks({ ...script, 'ConfigMap/monitoring/npd/b.sh': '#!/bin/sh\n', 'ConfigMap/monitoring/npd/c.sh': '#!/bin/sh\n' })).to.deep.equal({}));
});
