import { load } from 'js-yaml';
import { readdirSync, readFileSync } from 'node:fs';
import type { AlertPolicySpec } from '../api/alert-policy.ts';
import type { StringMap } from '../api/kube-object.ts';
import type { MonitoringStackSpec } from '../api/monitoring-stack.ts';
import type { ScrapeTargetSpec } from '../api/scrape-target.ts';
import type { ClusterSurvey, ServedApi } from '../render/cluster-survey.ts';
import type { StackInput } from '../render/stack-input.ts';
import { aPolicy, aStack, aSurvey, aTarget } from './build.ts';

/** A stack and its surroundings as a test file has them. */
export interface StackCase {
  readonly name?: string;
  readonly namespace?: string;
  readonly spec?: MonitoringStackSpec;
  readonly targets?: readonly { readonly name: string; readonly namespace?: string; readonly spec: ScrapeTargetSpec }[];
  readonly policies?: readonly { readonly name: string; readonly namespace?: string; readonly spec: AlertPolicySpec }[];
  /** Labels of the selected namespaces by name; default: the stack's own. */
  readonly namespaces?: Readonly<Record<string, StringMap>>;
  readonly storageClasses?: readonly string[];
  /** Plain values by reference key. */
  readonly references?: StringMap;
  readonly userDashboards?: Readonly<Record<string, StringMap>>;
  /** What was found of the platform; APIs by name. */
  readonly survey?: Partial<Omit<ClusterSurvey, 'apis'>> & { readonly apis?: Readonly<Record<string, ServedApi>> };
}

/** All cases of a directory: name and input. */
export function stackCases(directory: string): { readonly name: string; readonly input: StackInput }[] {
  const files = readdirSync(directory).filter((file) => file.endsWith('.in.yaml')).sort();
  return files.map((file) => ({ name: file.slice(0, -'.in.yaml'.length), input: stackInput(load(readFileSync(`${directory}/${file}`, 'utf8')) as StackCase) }));
}

/** The input of a case. */
export function stackInput({ name = 'shop', namespace = 'shop', spec = {}, ...rest }: StackCase): StackInput {
  const { targets = [], policies = [], namespaces = { [namespace]: {} }, storageClasses, references, userDashboards = {}, survey } = rest;
  const values = references && new Map(Object.entries(references).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
  return {
    stack: aStack(name, spec, { namespace }),
    targets: targets.map((target) => ({ target: aTarget(target.name, target.spec, { namespace: target.namespace ?? namespace }), references: values })),
    policies: policies.map((policy) => ({ policy: aPolicy(policy.name, policy.spec, { namespace: policy.namespace ?? namespace }), references: values })),
    facts: {
      namespaces: new Map(Object.entries(namespaces)),
      ...(storageClasses ? { storageClasses } : {}),
      references: values,
      grafanaPassword: 'generated',
      userDashboards: new Map(Object.entries(userDashboards)),
      ...(survey ? { survey: aSurvey({ ...survey, apis: new Map(Object.entries(survey.apis ?? {})) }) } : {}),
    },
    operator: { namespace: 'belfry-system' },
  };
}
