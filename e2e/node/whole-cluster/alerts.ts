import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { shown } from '../../support/shown.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { NotifiedAlert } from '../../support/webhook.ts';
import { NAMESPACE, TROUBLE } from './stack.ts';
import { LAST_WORDS, scripts } from './subjects.ts';
import type { WholeCluster } from './world.ts';

const GROUP = 'Trouble becomes an alert, once';

/** What each object in trouble has to become, and nothing else. */
const EXPECTED: readonly { readonly alert: string; readonly of: string; readonly what: string; readonly how: string; readonly says: RegExp }[] = [
  { alert: 'KubePodCrashLooping', of: 'crashes', what: 'a crash loop', how: 'a container that ends with code 3 a second after each start, and says why on stderr', says: new RegExp(String.raw`ended last with code 3 \(Error\)\. Its last words: ${LAST_WORDS}`) },
  { alert: 'KubeContainerOOMKilled', of: 'hogs', what: 'a container killed for memory', how: 'it takes more than its limit of 64Mi once, and runs again after that', says: /at its memory limit of 64MiB/ },
  { alert: 'KubePodNotReady', of: 'unschedulable', what: 'a pod that no node takes', how: 'it requests 900 cores', says: /No node takes it/ },
  { alert: 'BlackboxProbeFailed', of: 'fails', what: 'a probe that fails', how: 'a ScrapeTarget probes a page that answers 500', says: /does not answer its probe/ },
];

/** Whom an alert is about: a pod, or the ScrapeTarget of a probe. */
const about = ({ labels }: NotifiedAlert): string => `${labels['alertname']} ${labels['pod'] ?? labels['job']}`;

/** What is wrong in the cluster, as the pager hears of it. */
export function alerts(cluster: WholeCluster): void {
  const firing = (fits: (alert: NotifiedAlert) => boolean): NotifiedAlert[] =>
    cluster.webhook.notifications.flatMap((one) => one.alerts).filter((alert) => alert.status === 'firing' && fits(alert));

  describe('what the pager hears', () => {
    it('is of the kernel what a rule looks for: a condition of the node, an Event, a series, an alert', async () => {
      await writeFile('/dev/kmsg', 'belfry e2e: it failed 3 times\n');
      await writeFile('/dev/kmsg', 'belfry e2e: it warned\n');
      const condition = await waitFor('the condition', async (seen) => {
        const { status } = await cluster.json<{ status: { conditions: readonly { type: string; status: string; reason: string; message: string }[] } }>('get', 'node', cluster.node.name);
        seen(status.conditions.map(({ type, status: state }) => `${type}=${state}`));
        return status.conditions.find(({ type, status: state }) => type === 'BelfryTestFailed' && state === 'True');
      }, { timeoutMs: 120_000, intervalMs: 1_000 });
      expect(condition).to.include({ reason: 'TestSaysSo' });
      expect(condition.message).to.contain('it failed 3 times');
      await waitFor('the Event', async () => (await cluster.kube('get', 'events', '-A')).includes('BelfryTestWarned'), { timeoutMs: 90_000, intervalMs: 1_000 });
      await waitFor('the series', async () => (await cluster.query('problem_gauge{type="BelfryTestFailed"} == 1')).length > 0, { timeoutMs: 90_000, intervalMs: 1_000 });
      const alert = await cluster.webhook.alert('the alert', ({ labels }) => labels['alertname'] === 'NodeProblem' && labels['type'] === 'BelfryTestFailed', { timeoutMs: 180_000 });
      expect(alert.labels).to.include({ node: cluster.node.name, reason: 'TestSaysSo' });
      shown({ group: GROUP, what: 'a line in the kernel log', how: '`echo "belfry e2e: it failed 3 times" > /dev/kmsg`, and a rule in `exporters.nodeProblemDetector.rules`', result: `condition ${condition.type}=${condition.status} (${condition.reason}) on the node, and at the webhook: ${alert.annotations['summary']}` });
    });

    it('is what a plugin finds wrong on the node, and that it is mended', async () => {
      const of = async (status: string) => waitFor(`the condition to be ${status}`, async (seen) => {
        const { status: { conditions } } = await cluster.json<{ status: { conditions: readonly { type: string; status: string; reason: string; message: string }[] } }>('get', 'node', cluster.node.name);
        const found = conditions.find(({ type }) => type === 'BelfryClockProblem');
        seen(found);
        return found?.status === status ? found : undefined;
      }, { timeoutMs: 180_000, intervalMs: 1_000 });
      const broken = await of('True');
      expect(broken).to.include({ reason: 'ClockIsOff', message: 'the clock is 7 s off' });
      const told = ({ labels }: NotifiedAlert) => labels['alertname'] === 'NodeProblem' && labels['type'] === 'BelfryClockProblem';
      const alert = await cluster.webhook.alert('the alert', told, { timeoutMs: 180_000 });
      expect(alert.labels).to.include({ node: cluster.node.name, reason: 'ClockIsOff' });
      const pods = () => cluster.kube('get', 'pods', '-n', NAMESPACE, '-l', 'app.kubernetes.io/name=node-problem-detector', '-o', 'jsonpath={.items[*].metadata.uid} {.items[*].status.containerStatuses[*].restartCount}');
      const before = await pods();
      await cluster.apply(scripts('echo "the clock is right"'));
      const mended = await of('False');
      expect(mended).to.include({ reason: 'NoBelfryClockProblem', message: 'plugin clock finds nothing wrong' });
      await cluster.webhook.alert('the alert to be resolved', (one) => told(one) && one.status === 'resolved', { timeoutMs: 180_000 });
      expect(await pods(), 'a new script is read in the running pod').to.equal(before);
      shown({
        group: GROUP, what: 'a plugin of node-problem-detector', how: '`exporters.nodeProblemDetector.plugins`, and a script that prints "the clock is 7 s off" and ends with code 1; then another one, in the same ConfigMap, that ends with code 0',
        result: `condition ${broken.type}=${broken.status} (${broken.reason}: ${broken.message}) on the node, and at the webhook: ${alert.annotations['summary']} Then ${mended.status} (${mended.reason}) and resolved, in the same pod`,
      });
    });

    for (const { alert: name, of, what, how, says } of EXPECTED) {
      it(`is ${name} of ${what}`, async () => {
        const found = await cluster.webhook.alert(name, (alert) => alert.status === 'firing' && alert.labels['namespace'] === TROUBLE && about(alert) === `${name} ${of}`, { timeoutMs: 360_000 });
        expect(`${found.annotations['summary']} ${found.annotations['description']}`).to.match(says);
        shown({ group: GROUP, what, how, result: `${name}: ${found.annotations['summary']} ${found.annotations['description']}` });
      });
    }

    it('is each of these once, and no other about the same things', () => {
      const all = firing(({ labels }) => labels['namespace'] === TROUBLE).map(about).sort();
      expect(all).to.deep.equal(EXPECTED.map(({ alert, of }) => `${alert} ${of}`).sort());
      expect(firing(({ labels }) => labels['alertname'] === 'NodeProblem').map(({ labels }) => labels['type'])).to.have.members(['BelfryClockProblem', 'BelfryTestFailed']);
    });
  });
}
