import { expect } from 'chai';
import { LABEL_PART } from '../api/group.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { jobChanges } from './job-changes.ts';

const config = (text: string, part = 'prometheus-config'): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', labels: { [LABEL_PART]: part } }, data: { 'scrape-00.yaml': text } });
const jobs = (...names: string[]) => config(['scrape_configs:', ...names.map((name) => `  - job_name: ${name}\n    static_configs: []`)].join('\n'));

describe('diff/job-changes', () => {
  it('names ScrapeTargets once, however many endpoints they have, and built-in jobs by their own name', () => {
    const before = [jobs('scrapetarget/shop/old/0', 'scrapetarget/shop/same/0')];
    const after = [jobs('scrapetarget/shop/same/0', 'scrapetarget/shop/same/1', '"scrapetarget/shop/new/0"', 'scrapetarget/shop/new/1', 'belfry/kubelet')];
    expect(jobChanges(before, after)).to.deep.equal({ gained: ['ScrapeTarget shop/new', 'belfry/kubelet'], lost: ['ScrapeTarget shop/old'] });
  });

  it('does not count a job that moves to another ConfigMap, the proof of a loaded config, or somebody else\'s text', () => {
    expect(jobChanges([jobs('a'), jobs('b')], [jobs('b'), jobs('a', 'belfry-config/07/ab12')])).to.deep.equal({ gained: [], lost: [] });
    expect(jobChanges([], [config('- job_name: x', 'dashboard')])).to.deep.equal({ gained: [], lost: [] });
  });
});
