import { expect } from 'chai';
import { templateProblems } from './go-template.ts';

const good: readonly string[] = [
  'plain text with { and }',
  '{{ $value | humanizePercentage }} of checkouts fail',
  '{{ $labels.instance }}{{$externalLabels.cluster}}{{ $externalURL }}',
  '{{ with query "up" }}{{ . | first | value | printf "%.2f" }}{{ else }}none{{ end }}',
  '{{ range $i, $x := query "up" }}{{ if $i }}, {{ end }}{{ $x.Labels.job }}{{ end }}',
  '{{ if eq $labels.a "b" }}x{{ else if (gt $value 5.0) }}y{{ else }}z{{ end }}',
  '{{/* said to nobody */}}{{- $x := 1 -}}{{ $x }}',
  '{{ define "t" }}{{ . }}{{ end }}{{ template "t" $labels }}',
  '{{ reReplaceAll "(.*):.*" "$1" $labels.instance }}',
  '{{ (index $labels "a b").x }}',
];

const bad: readonly (readonly [text: string, message: string])[] = [
  ['{{ $value', '{{ has no closing }}'],
  ['{{ $valeu }}', 'the variable $valeu is not defined: did you mean $value?'],
  ['{{ $label.a }}', 'did you mean $labels?'],
  ['{{ humanise $value }}', 'there is no function humanise: did you mean humanize?'],
  ['{{ labels.instance }}', 'there is no function labels: did you mean $labels?'],
  ['{{ if $value }}x', '{{if}} has no {{end}}'],
  ['x{{ end }}', '{{end}} has nothing to end'],
  ['{{ else }}', '{{else}} has nothing to be the alternative of'],
  ['{{ if }}x{{ end }}', '{{if}} lacks a value'],
  ['{{ }}', 'a command lacks a value'],
  ['{{ $value | 5 }}', '5 is nothing that | can give a value to'],
  ['{{ "a }}', 'a string has no end'],
  ['{{ "\\d" }}', '"\\d" is no string: write \\\\ for a backslash'],
  ['{{ ($value }}', 'a ( has no closing ) before }}'],
  ['{{ $value) }}', 'a ) has no opening ('],
  ['{{ $value+1 }}', '"+" cannot follow $value: put a space between'],
  ['{{ break }}', '{{break}} stands outside of {{range}}'],
  ['{{ if 1 }}{{ else }}{{ else }}{{ end }}', '{{if}} has a second {{else}}'],
  ['{{/* a }}', 'a comment has no end'],
  ['{{ if 1 }}{{ $x := 1 }}{{ end }}{{ $x }}', 'the variable $x is not defined'],
  ['{{ define "a" }}{{ $labels }}{{ end }}', 'the variable $labels is not defined'],
  ['{{ 1e }}', '1e is no number'],
  ['{{ print 1 2', '{{ has no closing }}'],
];

describe('formats/prometheus/go-template', () => {
  for (const text of good) it(`takes ${text}`, () => expect(templateProblems(text)).to.deep.equal([]));
  for (const [text, message] of bad) {
    it(`refuses ${text}`, () => expect(templateProblems(text)[0]?.message).to.contain(message));
  }

  it('knows which release brought a function', () => {
    expect(templateProblems('{{ now }}', [3, 5, 0])[0]?.message).to.equal('the function now needs Prometheus v3.6.0');
    expect(templateProblems('{{ now }}', [3, 6, 0])).to.deep.equal([]);
  });

  it('says where', () => expect(templateProblems('ab {{ foo }}')[0]?.position).to.equal(6));
});
