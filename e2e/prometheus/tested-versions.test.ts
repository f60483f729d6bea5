import { expect } from 'chai';
import { DEFAULT_VERSIONS } from '../../src/api/defaults.ts';
import { IMAGE_REPOSITORIES, TESTED, type Component } from '../../src/render/versions.ts';
import { DEFAULT_TOOLS, TOOL_BUILDS, toolBuild } from '../support/tools.ts';
import { canMakeImage } from '../support/images.ts';

/** The program in each image. */
const PROGRAMS: Readonly<Partial<Record<Component, string>>> = {
  prometheus: 'prometheus', thanos: 'thanos', alertmanager: 'alertmanager', nodeExporter: 'node_exporter', blackbox: 'blackbox_exporter', kubeState: 'kube-state-metrics',
  pushgateway: 'pushgateway', nodeProblemDetector: 'nodeproblemdetector', metricsServer: 'metrics-server', prometheusAdapter: 'adapter',
  otelCollector: 'otelcol',
};

/** Tags of some images have a v before the release, those of others not. */
const withoutV = (release: string): string => release.replace(/^v/, '');

describe('the table of releases', () => {
  for (const [component, releases] of Object.entries(TESTED) as [Component, readonly string[]][]) {
    const program = PROGRAMS[component];
    it(`says which releases of ${component} the tests run${program === undefined ? ': none' : ''}`, () => {
      const built = TOOL_BUILDS.filter(({ programs }) => program !== undefined && program in programs).map(({ release }) => withoutV(release));
      expect(releases.map(withoutV).sort()).to.deep.equal([...built].sort());
      if (program === undefined) return;
      expect(withoutV(toolBuild(program).build.release), 'the default is the one that tests run').to.equal(withoutV(DEFAULT_VERSIONS[component]));
      expect(DEFAULT_TOOLS).to.include(program);
      for (const release of releases) expect(canMakeImage(`${IMAGE_REPOSITORIES[component]}:${release}`), release).to.equal(true);
    });
  }
});
