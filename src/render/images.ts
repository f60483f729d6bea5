import type { StackSettings } from '../api/defaults.ts';
import { IMAGE_REPOSITORIES, type Component } from './versions.ts';

/** The image of a component: `quay.io/prometheus/prometheus:v3.15.0`, from the mirror where the stack names one. */
export function image(component: Component, release: string, { registry }: StackSettings['images']): string {
  const repository = IMAGE_REPOSITORIES[component];
  // A mirror stands in for the host only: what it copies keeps its path.
  const path = repository.slice(repository.indexOf('/'));
  return `${registry === undefined ? repository : `${registry.replace(/\/+$/, '')}${path}`}:${release}`;
}
