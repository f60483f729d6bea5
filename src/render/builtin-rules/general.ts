import { alert } from './alert.ts';
import type { Pack } from './pack.ts';

/** Alerts about targets of all kinds, and the two that exist for Alertmanager's sake. */
export const general: Pack = {
  name: 'general',
  needs: [],
  rules: [
    alert('TargetDown', {
      severity: 'warning',
      threshold: 10,
      unit: 'percent',
      expr: (percent) => `100 * count by (job, namespace) (up == 0) / count by (job, namespace) (up) > ${percent}`,
      for: '10m',
      summary: '{{ $value | printf "%.0f" }}% of the targets of {{ $labels.job }} do not answer.',
      description:
        'More than a tenth of the targets of job {{ $labels.job }} in namespace {{ $labels.namespace }} have not answered their scrapes for ten minutes. What they say is in the status of their ScrapeTarget.',
    }),
    alert('Watchdog', {
      severity: 'none',
      expr: 'vector(1)',
      summary: 'Alerts are evaluated and delivered.',
      description: 'Fires always. Send it to something that calls when it stops: then nobody is told of anything any more.',
    }),
    alert('InfoInhibitor', {
      severity: 'none',
      expr: 'group by (namespace) (ALERTS{alertstate="firing",severity="info"}) unless on (namespace) group by (namespace) (ALERTS{alertstate="firing",severity=~"warning|critical"})',
      summary: 'Mutes alerts of severity info in {{ $labels.namespace }}.',
      description: 'Fires while a namespace has alerts of severity info and none that are worse. Alertmanager then keeps the former to itself; it is not meant to reach anybody.',
    }),
  ],
};
