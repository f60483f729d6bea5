import { alerts } from './whole-cluster/alerts.ts';
import { autoscaling } from './whole-cluster/autoscaling.ts';
import { badInput } from './whole-cluster/bad-input.ts';
import { components } from './whole-cluster/components.ts';
import { dashboards } from './whole-cluster/dashboards.ts';
import { discovery } from './whole-cluster/discovery.ts';
import { WholeCluster } from './whole-cluster/world.ts';

// One node and one stack for all of it, gone before the next file begins. What happens by itself (crashes, probes, alerts) has
// begun when the first test does. One part alone: mocha --grep 'autoscalers'.
describe('a whole cluster, on a real node', function () {
  this.timeout(600_000);
  const cluster = new WholeCluster();

  before(function () {
    this.timeout(900_000);
    return cluster.start();
  });
  after(() => cluster.stop());

  components(cluster);
  discovery(cluster);
  alerts(cluster);
  autoscaling(cluster);
  dashboards(cluster);
  badInput(cluster);
});
