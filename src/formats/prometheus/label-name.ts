import type { NameValidationScheme } from './scrape-config.ts';

/** Whether Prometheus takes it for the name of a label (prometheus/common, ValidationScheme.IsValidLabelName). */
export function isLabelName(name: string, scheme: NameValidationScheme = 'utf8'): boolean {
  return scheme === 'legacy' ? /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) : name !== '' && name.isWellFormed();
}

/** Whether Prometheus takes it for the name of a metric (prometheus/common, ValidationScheme.IsValidMetricName). */
export function isMetricName(name: string, scheme: NameValidationScheme = 'utf8'): boolean {
  return scheme === 'legacy' ? /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name) : name !== '' && name.isWellFormed();
}
