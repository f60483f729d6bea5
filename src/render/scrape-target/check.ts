import type { Problem } from '../../api/rejection.ts';
import { byteSizeProblem } from '../../formats/prometheus/byte-size.ts';
import type { TargetInput } from '../stack-input.ts';
import { checkAddresses } from './check-addresses.ts';
import { checkCredentials } from './check-credentials.ts';
import { checkEndpoints } from './check-endpoints.ts';
import { checkLabels } from './check-labels.ts';
import { checkNamespaces } from './check-namespaces.ts';
import { checkPorts } from './check-ports.ts';
import { checkProbe } from './check-probe.ts';
import type { TargetSettings } from './target-settings.ts';

/**
 * Everything that Prometheus would refuse in a ScrapeTarget that fits its schema, that could not work, or that the stack
 * does not allow. Empty for one that can be rendered.
 */
export function check(input: TargetInput, settings: TargetSettings): Problem[] {
  const { target } = input;
  return [
    ...checkNamespaces(target, settings),
    ...checkAddresses(target, settings),
    ...checkEndpoints(target, settings),
    ...checkPorts(input),
    ...checkLabels(target),
    ...checkProbe(target, settings),
    ...checkSizes(target.spec.limits?.bodySize),
    ...checkCredentials(input),
  ];
}

/** Half a mebibyte: two such pieces fit into one ConfigMap. */
const MAX_TEXT_BYTES = 512 * 1024;

/** The problem of a ScrapeTarget whose jobs are too much text for one piece. */
export function tooLarge(text: string): Problem[] {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_TEXT_BYTES) return [];
  const kib = Math.ceil(bytes / 1024);
  return [{ path: 'spec', reason: 'TooLarge', message: `the jobs of this ScrapeTarget are ${kib} KiB of config, more than the 512 KiB that one may have: split it into several` }];
}

function checkSizes(bodySize: string | undefined): Problem[] {
  const problem = bodySize === undefined ? undefined : byteSizeProblem(bodySize);
  return problem === undefined ? [] : [{ path: 'spec.limits.bodySize', reason: 'Invalid', message: problem }];
}
