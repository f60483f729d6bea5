import { expect } from 'chai';
import { load } from 'js-yaml';
import { commentedParts, printAlertmanagerConfig, type CommentedConfig } from './print.ts';

const CONFIG: CommentedConfig = {
  inhibit_rules: [],
  receivers: [{ comment: 'one', items: [{ name: 'a' }] }, { comment: 'none', items: [] }, { comment: 'two', items: [{ name: 'b', webhook_configs: [{ url: 'x', text: 'first\n# one\n  # one\nlast' }] }] }],
  route: { receiver: 'a', group_by: ['alertname'] },
  routes: [{ comment: 'one', items: [{ receiver: 'b', continue: true }, { receiver: 'a' }] }],
  time_intervals: [{ comment: 'two', items: [{ name: 't', time_intervals: [{ weekdays: ['monday'] }] }] }],
};

describe('formats/alertmanager/print', () => {
  const text = printAlertmanagerConfig(CONFIG);

  it('writes a config that reads back as what went in', () => {
    expect(load(text)).to.deep.equal({
      receivers: CONFIG.receivers.flatMap(({ items }) => items),
      route: { ...CONFIG.route, routes: CONFIG.routes.flatMap(({ items }) => items) },
      time_intervals: CONFIG.time_intervals.flatMap(({ items }) => items),
    });
  });

  it('gives the commented parts back, and takes no text of a user for a comment', () => {
    const parts = commentedParts(text).map(({ list, comment, yaml }) => ({ list, comment, items: load(yaml) }));
    expect(parts).to.deep.equal([
      { list: 'receivers', ...CONFIG.receivers[0] },
      { list: 'receivers', ...CONFIG.receivers[2] },
      { list: 'routes', ...CONFIG.routes[0] },
      { list: 'time_intervals', ...CONFIG.time_intervals[0] },
    ]);
  });
});
