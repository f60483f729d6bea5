import { DEFAULT_SCALAR_STYLE_RULES, dump, SCALAR_STYLE, type ScalarStyleRule } from 'js-yaml';
import type { KubeObject } from '../api/kube-object.ts';
import { putBack, setAside } from './long-text.ts';

/** Objects as one YAML stream, for `kubectl apply -f -`. */
export function yamlStream(objects: readonly KubeObject[]): string {
  return objects.map((object) => `---\n${yamlText(object)}`).join('');
}

/** A value as YAML, without anchors and without folded lines: both make diffs hard to read. */
export function yamlText(value: unknown): string {
  const { value: around, texts } = setAside(value);
  return putBack(dump(around, { noRefs: true, lineWidth: -1, seqNoIndent: true, flowLevel: isCrd(value) ? CRD_FLOW_LEVEL : -1, scalarStyleRules: STYLE_RULES }), texts);
}

// Below the fields of spec a schema is in flow style: more than half of a CRD would be indentation otherwise.
const CRD_FLOW_LEVEL = 12;

// YAML 1.2 lets a plain text in flow style hold a question mark; the reader in kubectl refuses it.
const quoteQuestionMarks: ScalarStyleRule = (layout) => {
  if (layout.flowOnly && layout.style === SCALAR_STYLE.PLAIN && layout.node.value.includes('?')) layout.style = SCALAR_STYLE.SINGLE_QUOTED;
};

const STYLE_RULES = [...Object.values(DEFAULT_SCALAR_STYLE_RULES), quoteQuestionMarks];

function isCrd(value: unknown): boolean {
  return (value as { readonly kind?: unknown } | null)?.kind === 'CustomResourceDefinition';
}
