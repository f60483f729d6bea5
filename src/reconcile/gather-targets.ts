import { keyOf } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import { commonEnds } from '../lib/common-ends.ts';
import { ListCursor } from '../lib/list-cursor.ts';
import type { ServicePorts, TargetInput } from '../render/stack-input.ts';
import { ownerOf } from '../render/owner.ts';
import type { ClusterView } from './cluster-view.ts';
import type { GatherMemory, KeptText, TargetsLook } from './gather-memory.ts';
import { namedKeys, readReferences, versions } from './gather-references.ts';
import { forgetOthers } from './forget-others.ts';
import type { StackSelector } from './select.ts';

type Found = TargetsLook['found'][number];

/**
 * The inputs of all ScrapeTargets that a stack selects. Nearly all of thousands are as they were at the last look: those are
 * found again by their place, without a look at them. Rejects with the KubeError of a read that failed.
 */
export async function gatherTargets(view: ClusterView, stack: MonitoringStack, selector: StackSelector, memory: GatherMemory): Promise<TargetInput[]> {
  const all = [...view.targets()];
  const around = { stack, isSelected: selector.isSelected, services: view.servicesVersion(), kept: new Map(memory.kept) };
  const found = foundBefore(memory, around, all);
  const inputs: TargetInput[] = [];
  const gatherOne = async (target: ScrapeTarget): Promise<Found> => {
    if (!selector.takesTarget(target)) return 'not selected';
    const input = settledInput(view, target, memory) ?? await gatherTarget(view, target, memory);
    inputs.push(input);
    return memory.settled.has(target) ? input : undefined;
  };
  for (let place = 0; place < all.length; place++) {
    const known = found[place];
    if (known === undefined) found[place] = await gatherOne(all[place] as ScrapeTarget);
    else if (known !== 'not selected') inputs.push(known);
  }
  memory.look = { ...around, all, found };
  forgetLost(memory, inputs);
  return inputs;
}

type Around = Omit<TargetsLook, 'all' | 'found'>;

/** What the last look found of each ScrapeTarget, by its place now: nothing of one that changed since, or moved far. */
function foundBefore({ look }: GatherMemory, around: Around, all: readonly ScrapeTarget[]): Found[] {
  if (!look || !isAsBefore(look, around)) return all.map(() => undefined);
  const { start, end } = commonEnds(look.all, all);
  const changed = all.slice(start, all.length - end);
  const cursor = new ListCursor(look.all.slice(start, look.all.length - end));
  const between = changed.map((target) => {
    const place = cursor.find(target);
    return place === undefined ? undefined : look.found[start + place];
  });
  return [...look.found.slice(0, start), ...between, ...look.found.slice(look.found.length - end)];
}

function isAsBefore(look: TargetsLook, now: Around): boolean {
  return look.stack === now.stack && look.services === now.services && sameEntries(look.isSelected, now.isSelected) && sameEntries(look.kept, now.kept);
}

function sameEntries<V>(a: ReadonlyMap<string, V>, b: ReadonlyMap<string, V>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}

function forgetLost(memory: GatherMemory, inputs: readonly TargetInput[]): void {
  for (const { input: { target } } of forgetOthers(memory.targets, inputs, (input) => keyOf(input.target))) {
    memory.moved.add(ownerOf(target));
    // It may come back as it was, and is to be gathered anew then.
    memory.settled.delete(target);
  }
}

/** What is known of a target that names no Secret or ConfigMap and of which nothing moved. */
function settledInput(view: ClusterView, target: ScrapeTarget, { settled, kept }: GatherMemory): TargetInput | undefined {
  const known = settled.get(target);
  if (!known || (kept.size > 0 && kept.has(ownerOf(target)))) return undefined;
  return known.services === undefined || known.services === view.servicesVersion(target.metadata.namespace) ? known.input : undefined;
}

async function gatherTarget(view: ClusterView, target: ScrapeTarget, memory: GatherMemory): Promise<TargetInput> {
  const key = keyOf(target);
  const owner = ownerOf(target);
  const { namespace } = target.metadata;
  const lastGood = lastGoodOf(memory.kept.get(owner));
  const references = namedKeys(target);
  const services = namesServicePorts(target) ? view.servicesVersion(namespace) : undefined;
  const signature = [versions(view, namespace, references), services, lastGood.lastGood].join('|');
  const known = memory.targets.get(key);
  if (known?.input.target === target && known.signature === signature) return known.input;

  const ports = services === undefined ? {} : { servicePorts: servicePorts(view, target) };
  const input = { target, references: await readReferences(view, namespace, references, memory), ...ports, ...lastGood };
  memory.targets.set(key, { signature, input });
  memory.moved.add(owner);
  if (references.length === 0 && lastGood.lastGood === undefined) memory.settled.set(target, { input, services });
  else memory.settled.delete(target);
  return input;
}

function lastGoodOf({ scrape, files }: KeptText = {}): Pick<TargetInput, 'lastGood' | 'lastGoodFiles'> {
  return { ...(scrape === undefined ? {} : { lastGood: scrape }), ...(files ? { lastGoodFiles: files } : {}) };
}

/** A port number needs no Service to be checked against, and other namespaces' Services are not ours to hold it against. */
function namesServicePorts({ spec }: ScrapeTarget): boolean {
  return spec.service !== undefined && spec.namespaces === undefined && (spec.endpoints ?? []).some(({ port }) => port !== undefined);
}

function servicePorts(view: ClusterView, { metadata, spec }: ScrapeTarget): ServicePorts[] {
  const found = view.servicesMatching(metadata.namespace, spec.service ?? {}).map(({ namespace, name, ports }) => ({ namespace, name, ports }));
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}
