import type { ScrapeTarget } from '../../api/scrape-target.ts';
import { refOf, type KubeObject, type ObjectRef } from '../../api/kube-object.ts';
import { keyReferences, type KeyReference } from '../../api/references.ts';
import type { Problem, Rejection } from '../../api/rejection.ts';
import { forVersion, type OmittedField } from '../../formats/prometheus/for-version.ts';
import { printYaml } from '../../formats/prometheus/print.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { parseVersion } from '../../formats/prometheus/version.ts';
import type { Omission, Piece } from '../rendered.ts';
import { referenceKey, type TargetInput } from '../stack-input.ts';
import { check, tooLarge } from './check.ts';
import { credentialFile, credentialKey, type Credential } from './credential-file.ts';
import { keepLastGood } from './last-good.ts';
import { ownerOf } from '../owner.ts';
import { scrapeConfigs } from './scrape-config.ts';
import type { TargetSettings } from './target-settings.ts';

/** What a ScrapeTarget contributes to a stack. */
export interface RenderedTarget {
  /** Its jobs, or those of its last good version; absent where it has neither. */
  readonly piece?: Piece;
  readonly rejections: readonly Rejection[];
  readonly omitted: readonly Omission[];
  /** Files that the jobs read: name to content, base64. */
  readonly credentials: ReadonlyMap<string, string>;
}

interface Memo {
  readonly settings: string;
  readonly input: TargetInput;
  readonly rendered: RenderedTarget;
}

/** Results by ScrapeTarget; several where several stacks select it. */
const known = new WeakMap<ScrapeTarget, Memo[]>();
const MEMOS = 4;

/**
 * Renders one ScrapeTarget: its jobs as text, or what is wrong with it. The same ScrapeTarget with the same settings and
 * facts gives the same object again, at no cost.
 */
export function renderTarget(input: TargetInput, settings: TargetSettings): RenderedTarget {
  const memos = known.get(input.target) ?? [];
  const memo = memos.find((one) => one.settings === settings.key && sameFacts(one.input, input));
  if (memo) return memo.rendered;
  const rendered = render(input, settings);
  known.set(input.target, [{ settings: settings.key, input, rendered }, ...memos.slice(0, MEMOS - 1)]);
  return rendered;
}

function render(input: TargetInput, settings: TargetSettings): RenderedTarget {
  const { target } = input;
  const problems = check(input, settings);
  if (problems.length > 0) return reject(input, problems, settings);
  const jobs = printJobs(scrapeConfigs(target, settings), settings);
  const large = tooLarge(jobs.text);
  if (large.length > 0) return reject(input, large, settings);
  return {
    piece: { owner: ownerOf(target), text: jobs.text, names: jobs.names },
    rejections: [],
    omitted: jobs.omitted.map((field) => ({ object: ownerOf(target), ...field })),
    credentials: credentialsOf(input),
  };
}

function reject(input: TargetInput, problems: readonly Problem[], { spread }: TargetSettings): RenderedTarget {
  const { target } = input;
  const object: ObjectRef = refOf(target as unknown as KubeObject);
  return {
    rejections: problems.map((problem) => ({ object, ...problem })),
    omitted: [],
    ...keepLastGood(input, ownerOf(target), spread),
  };
}

function printJobs(configs: readonly ScrapeConfig[], settings: TargetSettings): { text: string; names: string[]; omitted: OmittedField[] } {
  const version = parseVersion(settings.version);
  const fitted = configs.map((config) => forVersion(config, version));
  return {
    text: printYaml(fitted.map(({ config }) => config)),
    names: configs.map(({ job_name: name }) => name),
    omitted: fitted.flatMap(({ omitted }) => omitted),
  };
}

function credentialsOf({ target, references }: TargetInput): Map<string, string> {
  const files = new Map<string, string>();
  for (const { kind, name, key } of referencesOf(target)) {
    const credential: Credential = { kind, namespace: target.metadata.namespace, name, key };
    const value = references?.get(credentialKey(credential));
    if (value !== undefined) files.set(credentialFile(credential), value);
  }
  return files;
}

const named = new WeakMap<ScrapeTarget, readonly KeyReference[]>();

function referencesOf(target: ScrapeTarget): readonly KeyReference[] {
  const found = named.get(target) ?? keyReferences(target.spec);
  named.set(target, found);
  return found;
}

/** Whether all but the ScrapeTarget itself is the same. */
function sameFacts(a: TargetInput, b: TargetInput): boolean {
  return a === b || (a.lastGood === b.lastGood && a.lastGoodFiles === b.lastGoodFiles && sameReferences(a, b) && samePorts(a.servicePorts, b.servicePorts));
}

function sameReferences({ target, references, lastGood }: TargetInput, { references: others }: TargetInput): boolean {
  if (references === others) return true;
  if (!references || !others) return false;
  // A last good version reads files that the newest may not name any more.
  const keys = lastGood === undefined ? referencesOf(target).map(({ kind, name, key }) => referenceKey(kind, target.metadata.namespace, name, key)) : new Set([...references.keys(), ...others.keys()]);
  return [...keys].every((key) => references.get(key) === others.get(key));
}

function samePorts(a: TargetInput['servicePorts'], b: TargetInput['servicePorts']): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
