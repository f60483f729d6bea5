import { expect } from 'chai';
import type { RemoteWriteSpec } from '../../api/monitoring-stack.ts';
import { stackOf } from '../../testing/scrape-target-case.ts';
import { remoteWrites } from './remote-write.ts';

const CASES: readonly { says: string; remote: Partial<RemoteWriteSpec>; path: string; message: string }[] = [
  { says: 'a URL that is none', remote: { url: 'https://a b' }, path: '.url', message: 'the URL "https://a b" holds a space' },
  { says: 'a timeout beyond all bounds', remote: { remoteTimeout: '300y' }, path: '.remoteTimeout', message: 'longer than 292 years' },
  { says: 'two ways to sign in', remote: { basic: { username: { name: 's', key: 'u' }, password: { name: 's', key: 'p' } }, bearerToken: { name: 's', key: 't' } }, path: '.basic', message: 'set one of basic and bearerToken, not both' },
  { says: 'credentials as a header', remote: { headers: { Authorization: 'x' } }, path: '.headers.Authorization', message: 'use basic or bearerToken' },
  { says: 'a header of Prometheus', remote: { headers: { 'Content-Type': 'x' } }, path: '.headers.Content-Type', message: 'Content-Type is set by Prometheus itself: leave it out' },
  { says: 'an unknown field of the queue', remote: { queue: { maxShards: 3 } }, path: '.queue.maxShards', message: 'Prometheus\' queue_config has no field maxShards: did you mean max_shards?' },
  { says: 'a count that is none', remote: { queue: { capacity: '10' } }, path: '.queue.capacity', message: 'capacity must be a whole number from 1 on, not "10"' },
  { says: 'no shards', remote: { queue: { max_shards: 0 } }, path: '.queue.max_shards', message: 'max_shards must be a whole number from 1 on, not 0' },
  { says: 'a deadline without a unit', remote: { queue: { batch_send_deadline: 5 } }, path: '.queue.batch_send_deadline', message: 'batch_send_deadline must be a duration like 5s, not 5' },
  { says: 'a flag that is none', remote: { queue: { retry_on_http_429: 'yes' } }, path: '.queue.retry_on_http_429', message: 'retry_on_http_429 must be true or false, not "yes"' },
  { says: 'more shards at least than at most', remote: { queue: { min_shards: 60 } }, path: '.queue.min_shards', message: 'min_shards 60 is more than max_shards 50: lower it, or raise max_shards' },
  { says: 'a backoff that shrinks', remote: { queue: { min_backoff: '10s' } }, path: '.queue.min_backoff', message: 'min_backoff 10s is longer than max_backoff 5s: shorten it, or raise max_backoff' },
  { says: 'an unknown field of a rule', remote: { writeRelabel: [{ source_labels: ['a'] }] }, path: '.writeRelabel[0].source_labels', message: 'a relabel rule has no field source_labels: did you mean sourceLabels?' },
  { says: 'a label that is no list', remote: { writeRelabel: [{ sourceLabels: 'a' }] }, path: '.writeRelabel[0].sourceLabels', message: 'sourceLabels must be a list of label names' },
  { says: 'a rule that Prometheus refuses', remote: { writeRelabel: [{ action: 'keep', regex: '(' }] }, path: '.writeRelabel[0].regex', message: 'regex "("' },
];

const remotesOf = (...remoteWrite: RemoteWriteSpec[]) => remoteWrites(stackOf({ prometheus: { remoteWrite } }), undefined, undefined);

describe('render/prometheus-config/check-remote-write', () => {
  for (const { says, remote, path, message } of CASES) {
    it(`refuses ${says}, and writes the others`, () => {
      const { configs, problems } = remotesOf({ url: 'https://good/', queue: { max_shards: 3, max_backoff: '1m' } }, { url: 'https://bad/', ...remote });
      expect(problems.map((problem) => problem.path)).to.deep.equal([`spec.prometheus.remoteWrite[1]${path}`]);
      expect(problems[0]?.message).to.contain(message);
      expect(configs.map(({ url }) => url)).to.deep.equal(['https://good/']);
    });
  }

  it('refuses the second of one name', () => {
    const { configs, problems } = remotesOf({ url: 'https://a/', name: 'x' }, { url: 'https://b/', name: 'x' });
    expect(problems.map(({ path }) => path)).to.deep.equal(['spec.prometheus.remoteWrite[1].name']);
    expect(configs).to.have.length(1);
  });
});
