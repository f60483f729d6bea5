import { expect } from 'chai';
import fc from 'fast-check';
import { templateProblems } from '../../src/formats/prometheus/go-template.ts';
import { printYaml } from '../../src/formats/prometheus/print.ts';
import { checkRules } from './promtool.ts';

const SEED = Number(process.env['PARITY_SEED'] ?? 20261121);
const COUNT = Number(process.env['PARITY_COUNT'] ?? 2500);

const TEMPLATES: readonly string[] = String.raw`
{{ $value }}
{{$value}}
{{- $value -}}
a {{- $value -}} b
{{-$value}}
{{ $value-}}
{{ -}}
{{- }}
{{}}
{{ $value | humanize }}
{{ $labels.a.b.c }}
{{ $labels .a }}
{{ .Labels.a }}
{{ .Value }}
{{ . }}
{{ .5 }}
{{ .a"b" }}
{{ ."b" }}
{{ $ }}
{{ $.Labels }}
{{ $x }}
{{ $x := 1 }}{{ $x }}
{{ $x = 1 }}
{{ $value = 1 }}
{{ $x := }}
{{ $x, $y := 1 }}
{{ range $x, $y := query "a" }}{{ $y }}{{ end }}
{{ range $x, $y, $z := query "a" }}{{ end }}
{{ range $x, 5 := query "a" }}{{ end }}
{{ range $x, }}{{ end }}
{{ range query "a" }}{{ break }}{{ continue }}{{ else }}b{{ end }}
{{ range query "a" }}{{ else if 1 }}b{{ end }}
{{ break }}
{{ continue x }}
{{ if $value }}a{{ end }}
{{ if $value }}a{{ else }}b{{ end }}
{{ if $value }}a{{ else if 1 }}b{{ else }}c{{ end }}
{{ if $value }}a{{ else with 1 }}b{{ end }}
{{ with $value }}a{{ else with 1 }}b{{ end }}
{{ if $value }}a
{{ if }}a{{ end }}
{{ end }}
{{ else }}
{{ end x }}
{{ if 1 }}{{ else }}{{ else }}{{ end }}
{{ with $x := $value }}{{ $x }}{{ end }}{{ $x }}
{{ if true }}{{ end }}{{ nil }}
{{ nil }}
{{ nil.a }}
{{ true.a }}
{{ "a".b }}
{{ (1).b }}
{{ print.b }}
{{ print nil }}
{{ $value | nil }}
{{ $value | . }}
{{ $value | .a }}
{{ $value | 1 }}
{{ $value | "a" }}
{{ $value | $value }}
{{ $value | ($value) }}
{{ | $value }}
{{ $value | }}
{{ $value || $value }}
{{ ( }}
{{ ) }}
{{ () }}
{{ (print 1) }}
{{ (print 1).a }}
{{ (print 1)(print 2) }}
{{ print(1) }}
{{ print (1)}}
{{ print 1 2 3 }}
{{ foo }}
{{ foo 1 }}
{{ print foo }}
{{ define "a" }}b{{ end }}
{{ define "a" }}{{ $value }}{{ end }}
{{ define "a" }}b{{ end }}{{ define "a" }}c{{ end }}
{{ define "a" }}b{{ end }}{{ define "a" }} {{ end }}
{{ define "a" }}b{{ else }}c{{ end }}
{{ define a }}b{{ end }}
{{ define "a" }}b
{{ if 1 }}{{ define "a" }}b{{ end }}{{ end }}
{{ template "a" }}
{{ template "a" . }}
{{ template "a" $value | print }}
{{ template a }}
{{ template }}
{{ block "a" . }}b{{ end }}
{{ block "a" }}b{{ end }}
{{/* c */}}
{{- /* c */ -}}
{{ /* c */ }}
{{/* c */ }}
{{/* c
{{ 1 }}
{{ +1 }}
{{ -1 }}
{{ + }}
{{ 1+1 }}
{{ 1+2i }}
{{ 2i }}
{{ 1.5e3 }}
{{ 1e }}
{{ 1e400 }}
{{ 0x1F }}
{{ 0x }}
{{ 0x1p4 }}
{{ 0b101 }}
{{ 0b2 }}
{{ 0o17 }}
{{ 017 }}
{{ 08 }}
{{ 1_000 }}
{{ 1__0 }}
{{ 1a }}
{{ 1.2.3 }}
{{ 18446744073709551615 }}
{{ 18446744073709551616 }}
{{ -9223372036854775809 }}
{{ 'a' }}
{{ 'ab' }}
{{ '' }}
{{ '\n' }}
{{ '\'' }}
{{ 'a }}
{{ "a\n" }}
{{ "a\q" }}
{{ "a\'" }}
{{ "a
{{ ${'`'}a\q${'`'} }}
{{ ${'`'}a }}
{{ a:b }}
{{ $x :=1 }}
{{ $x:=1 }}
{{ $x : = 1 }}
{{ = }}
{{ := 1 }}
{{ % }}
{{ $value % 2 }}
{{ $value, 2 }}
{{ a.b }}
{{ label "a" . }}
{{ $labels["a"] }}
{{ $value > 5 }}
{{ gt $value 5 }}
{{ and 1 0 | not }}
{{ printf "%.2f" $value }}
{{ range . }}{{ .Labels.b }}{{ end }}
}}
{
{ {
{{{ $value }}}
{{ {{ $value }} }}
{{ "}}" }}
{{ \ }}
{{ # }}
{{ $\u00e9 }}
{{ urlQueryEscape "a" }}
{{ now | toTime }}
{{ tmpl "a" . }}
{{ safeHtml "a" }}
{{ call print 1 }}
`.split('\n').filter((line) => line !== '').concat(['{{ \u00e9 }}', '{{ $\u00e9 := 1 }}{{ $\u00e9 }}', '{{ \u00a0 }}', '{{\n$value\n}}', '{{ print\n1 }}', '{{ "a\nb" }}', '{{ `a\nb` }}', '{{\t}}', '{{ \u0661 }}', '{{ $value -\n}}', '{{ $value\n-}}']);

const PIECES = [
  '{{', '}}', '{{ end }}', '{{ else }}', '{{ if 1 }}', '{{ range . }}', '{{-', '-}}', '|', '(', ')', '$value', '$labels', '$x', ':=', '=', '.', '.a', '"b"', '1', ' ', 'print', 'humanize', 'foo', 'nil', 'true', ',', 'define "a"', 'template "a"', 'break', 'else if', '/*', '*/', '\'', '`', '-', '\u00e9',
];
const cut = (text: string): string[] => text.match(/\{\{-?|-?\}\}|\s+|"[^"]*"|[$.]?\w+|[\s\S]/g) ?? [];

const mutated = fc.tuple(
  fc.constantFrom(...TEMPLATES),
  fc.constantFrom(...TEMPLATES, '', ''),
  fc.array(fc.tuple(fc.constantFrom('delete', 'insert', 'double', 'replace'), fc.nat(1000), fc.constantFrom(...PIECES)), { minLength: 0, maxLength: 2 }),
).map(([first, second, changes]) => {
  const words = [...cut(first), ...cut(second)];
  for (const [change, number, piece] of changes) {
    const at = number % (words.length + 1);
    if (change === 'delete') words.splice(at, 1);
    if (change === 'insert') words.splice(at, 0, piece);
    if (change === 'double') words.splice(at, 0, words[at] ?? '');
    if (change === 'replace') words.splice(at, 1, piece);
  }
  return words.join('');
});

async function differences(templates: readonly string[]): Promise<unknown[]> {
  const verdicts = await checkRules(templates.map((summary) => printYaml({ groups: [{ name: 'g', rules: [{ alert: 'A', expr: 'a', annotations: { summary } }] }] })));
  return templates.flatMap((template, index) => {
    const [problem] = templateProblems(template);
    const verdict = verdicts[index];
    return (verdict === undefined) === (problem === undefined) ? [] : [{ template, prometheus: verdict ?? 'takes it', belfry: problem?.message ?? 'takes it' }];
  });
}

describe('templates of rules, against the real parser', function suite() {
  this.timeout(300_000);

  it(`judges ${TEMPLATES.length} templates as Prometheus does`, async () => {
    expect(await differences(TEMPLATES)).to.deep.equal([]);
  });

  it(`judges ${COUNT} changed templates as Prometheus does`, async () => {
    process.stderr.write(`      template parity: seed ${SEED}\n`);
    const templates = fc.sample(mutated, { seed: SEED, numRuns: COUNT });
    expect((await differences(templates)).slice(0, 15)).to.deep.equal([]);
    expect(templates.filter((template) => templateProblems(template).length === 0).length / COUNT, 'share of templates that are taken').to.be.greaterThan(0.1);
  });
});
