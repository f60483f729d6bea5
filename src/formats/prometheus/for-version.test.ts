import { expect } from 'chai';
import type { PrometheusConfig } from './config.ts';
import { configForVersion, forVersion, ruleGroupForVersion } from './for-version.ts';
import { compareVersions, parseVersion, printVersion } from './version.ts';

describe('formats/prometheus/for-version', () => {
  it('leaves out what a release does not know, and says since when it is known', () => {
    const config = { job_name: 'a', enable_compression: false, fallback_scrape_protocol: 'PrometheusText0.0.4', http_headers: { x: { values: ['y'] } } } as const;
    expect(forVersion(config, [2, 48, 0])).to.deep.equal({
      config: { job_name: 'a' },
      omitted: [{ field: 'enable_compression', since: 'v2.49.0' }, { field: 'fallback_scrape_protocol', since: 'v3.0.0' }, { field: 'http_headers', since: 'v2.53.0' }],
    });
    expect(forVersion(config, [3, 0, 0])).to.deep.equal({ config, omitted: [] });
    expect(forVersion(config, undefined).config).to.equal(config);
  });

  it('writes the old name of a field for an old release, and the new one for a new', () => {
    expect(forVersion({ job_name: 'a', always_scrape_classic_histograms: true }, [2, 55, 1])).to.deep.equal({ config: { job_name: 'a', scrape_classic_histograms: true }, omitted: [] });
    expect(forVersion({ job_name: 'a', scrape_classic_histograms: true }, [3, 0, 0])).to.deep.equal({ config: { job_name: 'a', always_scrape_classic_histograms: true }, omitted: [] });
  });

  it('leaves out single values, and the field when none is left', () => {
    expect(forVersion({ job_name: 'a', scrape_protocols: ['PrometheusText1.0.0', 'PrometheusText0.0.4'] }, [2, 55, 0])).to.deep.equal({
      config: { job_name: 'a', scrape_protocols: ['PrometheusText0.0.4'] }, omitted: [{ field: 'scrape_protocols: PrometheusText1.0.0', since: 'v3.0.0' }],
    });
    expect(forVersion({ job_name: 'a', scrape_protocols: ['PrometheusText1.0.0'] }, [2, 55, 0]).config).to.deep.equal({ job_name: 'a' });
  });

  it('looks into blocks, names them, and says everything once', () => {
    const sd = { role: 'pod', attach_metadata: { node: true, namespace: true } } as const;
    const config: PrometheusConfig = {
      global: { rule_query_offset: '1m' },
      runtime: { gogc: 50 },
      scrape_configs: [{ job_name: 'a', kubernetes_sd_configs: [sd, sd] }, { job_name: 'b', kubernetes_sd_configs: [sd] }],
      remote_write: [{ url: 'http://a', queue_config: { sample_age_limit: '1h' } }],
    };
    expect(configForVersion(config, [2, 45, 0])).to.deep.equal({
      config: {
        scrape_configs: [
          { job_name: 'a', kubernetes_sd_configs: [{ role: 'pod', attach_metadata: { node: true } }, { role: 'pod', attach_metadata: { node: true } }] },
          { job_name: 'b', kubernetes_sd_configs: [{ role: 'pod', attach_metadata: { node: true } }] },
        ],
        remote_write: [{ url: 'http://a' }],
      },
      omitted: [
        { field: 'global.rule_query_offset', since: 'v2.53.0' },
        { field: 'runtime', since: 'v2.53.0' },
        { field: 'scrape_configs.kubernetes_sd_configs.attach_metadata.namespace', since: 'v3.6.0' },
        { field: 'remote_write.queue_config.sample_age_limit', since: 'v2.50.0' },
      ],
    });
  });

  it('gives labels of a group to its rules where the release has none on groups; a rule\'s own win', () => {
    const group = { name: 'g', labels: { team: 'a', tier: '1' }, rules: [{ record: 'r', expr: '1', labels: { tier: '2' } }] };
    expect(ruleGroupForVersion(group, [2, 55, 0])).to.deep.equal({ config: { name: 'g', rules: [{ record: 'r', expr: '1', labels: { team: 'a', tier: '2' } }] }, omitted: [] });
    expect(ruleGroupForVersion(group, [3, 0, 0])).to.deep.equal({ config: group, omitted: [] });
  });
});

describe('formats/prometheus/version', () => {
  it('reads releases in all their spellings', () => {
    expect(['v3.15.0', '3.15.0', '3.15', 'v3.15.0-rc.1'].map(parseVersion)).to.deep.equal([[3, 15, 0], [3, 15, 0], [3, 15, 0], [3, 15, 0]]);
    expect(['', '3', 'latest', 'v3.x', '3.15.0.1'].map(parseVersion)).to.deep.equal([undefined, undefined, undefined, undefined, undefined]);
    expect(printVersion([3, 15, 0])).to.equal('v3.15.0');
  });

  it('orders releases by number', () => {
    expect(compareVersions([2, 55, 1], [3, 0, 0])).to.be.lessThan(0);
    expect(compareVersions([3, 10, 0], [3, 9, 0])).to.be.greaterThan(0);
    expect(compareVersions([3, 9, 0], [3, 9, 0])).to.equal(0);
  });
});
