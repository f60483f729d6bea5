import { codeOf } from './codes.ts';
import type { Finding } from './finding.ts';

/** One finding on one line: `shop.yaml:12: BF1101 ScrapeTarget/shop/checkout spec.endpoints[0].schem: unknown field; ...` */
export function findingLine(finding: Finding): string {
  const { file, line, object, path, reason, message } = finding;
  const place = file ? `${file}:${line}: ` : '';
  const subject = [object, path].filter(Boolean).join(' ');
  return `${place}${codeOf(reason)} ${subject ? `${subject}: ` : ''}${message}`;
}
