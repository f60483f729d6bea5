import type { KubeObject } from '../api/kube-object.ts';
import type { ResourceType } from './cluster.ts';

/**
 * An object out of a list or watch as every other: with the apiVersion and kind of its type (lists leave them out, metadata
 * alone comes as PartialObjectMetadata) and without managedFields, which are most of its bytes. Takes the object over.
 */
export function normalObject({ apiVersion, kind }: ResourceType, object: KubeObject): KubeObject {
  if (object.metadata && 'managedFields' in object.metadata) delete object.metadata.managedFields;
  if (object.apiVersion === apiVersion && object.kind === kind) return object;
  return { ...object, apiVersion, kind };
}
