import { expect } from 'chai';
import { shown } from '../../support/shown.ts';
import { waitFor } from '../../support/wait-for.ts';
import { NAMESPACE, SHOP } from './stack.ts';
import { TEAM, TEAM_PORT, TEAM_PREFIX } from './subjects.ts';
import type { WholeCluster } from './world.ts';

const GROUP = 'Found and probed';

interface ActiveTarget { readonly labels: Readonly<Record<string, string>>; readonly health: string; readonly lastError: string }

/** What is scraped because somebody asked for it where it runs, and what is asked from outside. */
export function discovery(cluster: WholeCluster): void {
  const up = async (matchers: string, nodePort?: number): Promise<string[]> =>
    (await cluster.query(`up{${matchers}} == 1`, nodePort)).map(({ metric }) => `${metric['namespace']}/${metric['job']}/${metric['pod']}`).sort();

  const probes = async (matchers: string, count: number, nodePort?: number): Promise<readonly string[]> =>
    waitFor(`${count} probes`, async (seen) => {
      const found = (await cluster.query(`probe_success{${matchers}}`, nodePort)).map(({ metric, value }) => `${metric['job']} ${metric['instance']} ${value[1]}`).sort();
      seen(found);
      return found.length === count && found.every((one) => one.endsWith(' 1')) ? found : undefined;
    }, { timeoutMs: 180_000, intervalMs: 1_000 });

  describe('what is found', () => {
    it('is the pods and Services that carry annotations, without a ScrapeTarget', async () => {
      const found = await waitFor('the annotated pod, Service and Deployment', async (seen) => {
        const jobs = await up(`namespace="${SHOP}",job=~"annotated-pod|web|worker"`);
        seen(jobs);
        return new Set(jobs.map((one) => one.split('/')[1])).size === 3 ? jobs : undefined;
      }, { timeoutMs: 180_000, intervalMs: 1_000 });
      expect(found).to.include.members([`${SHOP}/annotated-pod/annotated-pod`, `${SHOP}/web/web`]);
      const targets = await cluster.kube('get', 'scrapetarget', '-n', SHOP, '-o', 'name');
      expect(targets).not.to.match(/annotated|worker/);
      shown({ group: GROUP, what: 'pods and a Service with annotations are scraped without a ScrapeTarget', how: '`prometheus.io/scrape: "true"` (and `/port` on pods) on a pod, a Service, and the pods of a Deployment', result: `\`up == 1\` for jobs annotated-pod, web (Service), worker (Deployment) of namespace ${SHOP}` });
    });

    it('is by a prefix of its own what a stack names one for, and nothing else', async () => {
      const found = await waitFor('the annotated pod and Service', async (seen) => {
        const jobs = await up('job=~"own-.*"', TEAM_PORT);
        seen(jobs);
        return jobs.length === 2 ? jobs : undefined;
      }, { timeoutMs: 180_000, intervalMs: 1_000 });
      expect(found).to.deep.equal([`${TEAM}/own-pod/own-pod`, `${TEAM}/own-service/own-service`]);
      expect(await up('job="not-asked"', TEAM_PORT)).to.deep.equal([]);
      expect(await up('job=~"own-.*"'), 'the other stack').to.deep.equal([]);
      shown({ group: GROUP, what: 'a prefix of its own', how: `a second stack, of scope Namespace, with \`discovery.annotations.prefix: ${TEAM_PREFIX}\``, result: 'it scrapes the pod and the Service that carry that prefix, not the pod that carries prometheus.io; the stack of the cluster scrapes it the other way round' });
    });

    it('is what asks by annotation to be probed, without a ScrapeTarget', async () => {
      const found = await probes(`namespace="${SHOP}",job=~"(service|ingress)/.+"`, 2);
      expect(found).to.deep.equal([`ingress/web http://web.${SHOP}.svc.cluster.local/ 1`, `service/web http://web.${SHOP}.svc:80/metrics 1`]);
      shown({ group: GROUP, what: 'a Service and an Ingress with annotations are probed without a ScrapeTarget', how: '`prometheus.io/probe: "true"` on both; on the Service `/probe-port: http` and `/probe-path: /metrics` too', result: `\`probe_success\` of job and instance: ${found.join(', ')}` });
    });

    it('is probed by a prefix of its own, at a URL, a port or a host, and a mistake harms nobody else', async () => {
      const found = await probes('job=~"(service|ingress)/.+"', 4, TEAM_PORT);
      expect(found).to.deep.equal([
        `ingress/own-way http://own-service.${TEAM}.svc.cluster.local/ 1`, `service/own-host own-host.${TEAM}.svc 1`, `service/own-port own-port.${TEAM}.svc:80 1`, `service/own-probed http://own-probed.${TEAM}.svc:80 1`,
      ]);
      shown({ group: GROUP, what: 'probes by a prefix of its own', how: `a second stack, of scope Namespace, with that prefix and \`exporters.blackbox: {}\`; modules http_2xx, tcp_connect and icmp`, result: `\`probe_success\` of job and instance: ${found.join(', ')}` });
      // By now the stack of the cluster has looked at the whole of it as well, by the other prefix.
      expect(await probes(`namespace="${TEAM}"`, 1)).to.deep.equal([`ingress/not-asked http://own-service.${TEAM}.svc.cluster.local/ 1`]);
      const { lastError } = await waitFor('the module that nobody knows', async (seen) => {
        const { activeTargets } = await cluster.prometheus<{ activeTargets: readonly ActiveTarget[] }>('targets?state=active&scrapePool=belfry/annotated-service-probes', TEAM_PORT);
        seen(activeTargets);
        return activeTargets.find(({ labels, health }) => labels['job'] === 'service/mistaken' && health === 'down');
      }, { timeoutMs: 60_000, intervalMs: 1_000 });
      expect(lastError).to.match(/400 Bad Request/);
      await waitFor('the alert on it', async (seen) => {
        const alerts = await cluster.query('ALERTS{alertname="TargetDown",job="service/mistaken"}', TEAM_PORT);
        seen(alerts);
        return alerts.length === 1;
      }, { timeoutMs: 60_000, intervalMs: 1_000 });
      shown({ group: GROUP, what: 'a module that nobody knows harms its own probe only', how: '`probe-module: http_3xx` beside the others', result: `the target service/mistaken is down: ${lastError}; TargetDown waits to fire for it` });
    });

    it('is the Ingress and the Service that a ScrapeTarget probes', async () => {
      for (const kind of ['ingress', 'service']) {
        const [probe] = await waitFor(`the probe of the ${kind}`, async (seen) => {
          const samples = await cluster.query(`probe_success{job="web-${kind}",namespace="${SHOP}"}`);
          seen(samples);
          return samples.length > 0 && samples.every(({ value }) => value[1] === '1') ? samples : undefined;
        }, { timeoutMs: 180_000, intervalMs: 1_000 });
        const status = (await cluster.query(`probe_http_status_code{job="web-${kind}",namespace="${SHOP}"}`))[0]?.value[1];
        expect(status).to.equal('200');
        await cluster.kube('wait', '--for=condition=Ready', `scrapetarget/web-${kind}`, '-n', SHOP, '--timeout=120s');
        shown({ group: GROUP, what: `a probe of ${kind === 'ingress' ? 'an Ingress' : 'a Service'} reports`, how: `ScrapeTarget with \`probe.of.${kind}\`; the blackbox exporter came with it`, result: `\`probe_success{instance="${probe?.metric['instance']}"} 1\`, \`probe_http_status_code ${status}\`` });
      }
      await waitFor('the component to be ready', async (seen) => {
        const found = await cluster.component('blackbox-exporter');
        seen(found);
        return found?.ready === '1/1';
      }, { timeoutMs: 90_000, intervalMs: 1_000 });
      expect(await cluster.kube('get', 'deployment', '-n', NAMESPACE, '-o', 'name')).to.contain('blackbox');
    });
  });
}
