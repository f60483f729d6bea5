import { LABEL_NAME } from '../api/group.ts';
import { refKey, refOf, type KubeObject, type ObjectRef, type StringMap } from '../api/kube-object.ts';
import type { Problem } from '../api/rejection.ts';
import type { Rendered } from '../render/rendered.ts';
import { failureSentence, type ApplyFailure } from '../status/applied.ts';
import { apiTrouble, componentOf, type Component } from '../status/component.ts';
import { podSecurityObstacle } from '../status/pod-security.ts';

/** What the cluster shows of a stack's components. */
export interface ComponentSources {
  /** The stack's pods. */
  readonly pods: readonly KubeObject[];
  /** An object of ours as its watch shows it. */
  readonly owned: (ref: ObjectRef) => KubeObject | undefined;
  /** Writes of the last pass that failed. */
  readonly failures: readonly ApplyFailure[];
  /** Labels of the stack's namespace. */
  readonly namespaceLabels: StringMap;
}

const WORKLOADS: readonly string[] = ['StatefulSet', 'Deployment', 'DaemonSet'];

/** How each component of a stack stands: its pods, the API that it serves, and what of it could not be written. */
export function componentFacts({ objects, componentProblems }: Rendered, sources: ComponentSources): Component[] {
  const refused = refusedOf(objects, sources.failures);
  const unavailable = unavailableOf(objects, sources.owned);
  return objects.filter(({ kind }) => WORKLOADS.includes(kind)).map((object) => {
    const component = componentName(object);
    const own = sources.pods.filter(({ metadata }) => metadata.labels?.[LABEL_NAME] === component && metadata.name.startsWith(`${object.metadata.name}-`));
    // Pods that the namespace refuses never come to be: nothing of theirs could say why.
    const why = refused.get(component) ?? sentenceOf(componentProblems?.get(component)) ?? (own.length === 0 ? podSecurityObstacle(object, sources.namespaceLabels) : undefined);
    const trouble = unavailable.get(component);
    return {
      ...componentOf(component, sources.owned(refOf(object)) ?? absent(object), own),
      version: versionOf(object),
      ...(trouble === undefined ? {} : { unavailable: trouble }),
      ...(why === undefined ? {} : { refused: why }),
    };
  });
}

function sentenceOf(problems: readonly Problem[] | undefined): string | undefined {
  return problems?.map(({ path, message }) => `${path}: ${message}`).join('; ');
}

function componentName({ metadata }: KubeObject): string {
  return metadata.labels?.[LABEL_NAME] ?? metadata.name;
}

/** The first write that failed of each component, in words. */
function refusedOf(objects: readonly KubeObject[], failures: readonly ApplyFailure[]): ReadonlyMap<string, string> {
  const refused = new Map<string, string>();
  for (const failure of failures) {
    const key = refKey(failure.object);
    const object = objects.find((candidate) => refKey(refOf(candidate)) === key);
    if (object && !refused.has(componentName(object))) refused.set(componentName(object), `${key}: ${failureSentence(failure)}`);
  }
  return refused;
}

/** What is wrong with the first API of each component that the API server cannot reach. */
function unavailableOf(objects: readonly KubeObject[], owned: ComponentSources['owned']): ReadonlyMap<string, string> {
  const unavailable = new Map<string, string>();
  for (const api of objects) {
    const live = api.kind === 'APIService' ? owned(refOf(api)) : undefined;
    const trouble = live && apiTrouble(live);
    if (trouble !== undefined && !unavailable.has(componentName(api))) unavailable.set(componentName(api), trouble);
  }
  return unavailable;
}

/** A workload that is rendered and not there yet: nothing of it is ready. */
function absent(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, generation: 1 }, status: {} };
}

interface PodTemplate {
  readonly template?: { readonly spec?: { readonly containers?: readonly { readonly image?: string }[] } };
}

/** The tag of the first container's image. */
function versionOf(object: KubeObject): string {
  const image = (object['spec'] as PodTemplate | undefined)?.template?.spec?.containers?.[0]?.image ?? '';
  return image.slice(image.lastIndexOf(':') + 1);
}
