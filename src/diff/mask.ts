import type { KubeObject } from '../api/kube-object.ts';
import { isRecord } from './field-path.ts';
import { maskText } from './mask-text.ts';
import { isCredentialName, MASK, MASK_CHANGED } from './credential.ts';

interface MaskedPair {
  readonly before?: KubeObject;
  readonly after?: KubeObject;
}

/** Called for each credential found: where it is, and what it is; answers with what to show in its place. */
type Replace = (where: string, value: string) => string;

/**
 * Two states of an object for showing to people: every value of a Secret, and whatever else looks like a credential, is
 * `***`, or `*** (changed)` in the later state where it is not what it was at that place. No part of a credential remains.
 */
export function maskPair({ before, after }: MaskedPair): MaskedPair {
  const known = new Set<string>();
  const maskedBefore = before && maskObject(before, (where, value) => {
    known.add(`${where}\0${value}`);
    return MASK;
  });
  const maskedAfter = after && maskObject(after, (where, value) => (before === undefined || known.has(`${where}\0${value}`) ? MASK : MASK_CHANGED));
  return { ...(maskedBefore ? { before: maskedBefore } : {}), ...(maskedAfter ? { after: maskedAfter } : {}) };
}

/** A copy of what kubectl's client-side apply last sent: noise, and for a Secret its content. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function maskObject(object: KubeObject, replace: Replace): KubeObject {
  const isSecret = object.kind === 'Secret' && object.apiVersion === 'v1';
  const entries = Object.entries(object).map(([field, value]) => {
    if (isSecret && (field === 'data' || field === 'stringData')) return [field, maskAll(value, field, replace)];
    return [field, maskValue(value, { where: field, name: '', replace })];
  });
  const masked = Object.fromEntries(entries) as KubeObject;
  return { ...masked, metadata: { ...masked.metadata, ...withoutLastApplied(masked.metadata) } };
}

function withoutLastApplied({ annotations }: KubeObject['metadata']): Partial<KubeObject['metadata']> {
  if (annotations?.[LAST_APPLIED] === undefined) return {};
  const { [LAST_APPLIED]: _lastApplied, ...rest } = annotations;
  return { annotations: rest };
}

function maskAll(data: unknown, where: string, replace: Replace): unknown {
  if (!isRecord(data)) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, replace(`${where}.${key}`, String(value))]));
}

interface Place {
  readonly where: string;
  /** The nearest field's name. */
  readonly name: string;
  readonly replace: Replace;
}

function maskValue(value: unknown, place: Place): unknown {
  if (typeof value === 'string') return maskString(value, place);
  if (Array.isArray(value)) return value.map((item: unknown) => maskValue(item, { ...place, where: `${place.where}[${itemName(item)}]` }));
  if (isRecord(value)) return maskRecord(value, place);
  return value;
}

function maskRecord(record: Record<string, unknown>, { where, replace }: Place): Record<string, unknown> {
  // An environment variable, a header: its own name says what its value is.
  const named = typeof record['name'] === 'string' && 'value' in record ? record['name'] : undefined;
  return Object.fromEntries(
    Object.entries(record).map(([field, value]) => [field, maskValue(value, { where: `${where}.${field}`, name: field === 'value' && named !== undefined ? named : field, replace })]),
  );
}

function maskString(value: string, { where, name, replace }: Place): string {
  if (value !== '' && !value.includes('\n') && isCredentialName(name)) return replace(where, value);
  return maskText(value, (hint, credential) => replace(`${where} ${hint}`, credential));
}

function itemName(item: unknown): string {
  const name = isRecord(item) ? item['name'] : undefined;
  return typeof name === 'string' ? name : '';
}
