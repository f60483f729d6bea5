import fc from 'fast-check';

/** Expressions of all kinds, good and bad; which is which, Prometheus says. */
export const EXPRESSIONS: readonly string[] = String.raw`
1
+Inf
-inf
NaN
1_000
1__0
_1
0x1F
0x
0xg
0x1e
0x1e+1
017
08
0b1
.5
5.
.
1e5
1e
1e+
1e400
1.2.3
1m
1h30m
30m1h
5m5m
1.5m
1y2w3d4h5m6s7ms
5mm
"text"
'text'
"un\"quoted\n"
"bad \q"
"\x41\u00e9\U0001F600\101"
"\400"
"\ud800"
"\xff"
'it\'s'
"it\'s"
"open
metric
metric:name:rate5m
:metric
9metric
me-tric
sum
by
offset
and
bool
on
ignoring
group_left
atan2
start
end
step
inf
Sum
SUM(a)
{}
{__name__="a"}
{__name__=~".*"}
{__name__=~".+"}
{a=""}
{a!=""}
{a!="b"}
{a=~""}
{a!~""}
{a=~"b|c"}
{a!~".+"}
{a!~"b"}
{a=~"b|"}
a{}
a{b="c"}
a{b="c",}
a{,}
a{,b="c"}
a{b="c",,d="e"}
a{b="c" d="e"}
a{b=c}
a{b='c',d=~"e.*",f!="g",h!~"i"}
a{b=="c"}
a{b="c"}{d="e"}
a{b:c="d"}
a{9b="c"}
a{"b c"="d"}
{"a b"}
{"a b", c="d"}
{"a", "b"}
a{"b"}
a{__name__="b"}
a{on="b",by="c",sum="d",inf="e"}
a{b=~"("}
a{b=~"(?!c)"}
a{b=~"c)(d"}
a{b=~"[[:alpha:]]+"}
a{b=~"\\d+"}
a{b=~"\d+"}
a{b="{"}
a{b="c"
a}
a[5m]
rate(a[5m])
rate(a[5m:1m])
rate(a[5m:])
rate(a[:5m])
rate(a[5m:1m:1m])
rate(a[])
rate(a[0s])
rate(a[0])
rate(a[300])
rate(a[-5m])
rate(a[--5m])
rate(a[5m + 1m])
rate(a[(5m)])
rate(a[5m * 2])
rate(a[5m / 0])
rate(a[2 ^ 3])
rate(a[5m % 0])
rate(a[step()])
rate(a[range()])
rate(a[max_of(step(), 1m)])
rate(a[min_of(1m)])
rate(a[5m:step()])
rate(a[step():1m])
rate(a[foo])
rate(a[5m] [5m])
rate(a[[5m]])
rate(a[5m)
rate(a[5m # comment
])
rate(a[ # comment
5m])
rate(a[1h30m])
rate(a[30m1h])
rate(a[1e30])
rate(a[300y])
rate(a)
rate(sum(a)[5m])
rate(sum(a)[5m:])
rate(a offset 5m [5m])
rate(a[5m] offset 5m)
rate(a[5m] offset -5m)
rate(a[5m] offset 300)
rate(a[5m] offset 5m offset 5m)
rate(a[5m] @ 100)
rate(a[5m] @ start())
rate(a @ end() [5m])
a offset 5m
a offset -5m
a offset +5m
a offset 0s offset 5m
a offset 5m offset 0s
a offset 5m + b
a offset -5m + b
a offset (5m)
a offset (5m) + b
a offset (5m) * 2
a offset (5m + 1m)
a offset (5m + 1m) == b
a offset -(5m)
a offset -(5m) * 2
a offset --5m
a offset --5m * 2
a offset - 5m
a offset step()
a offset step() * 2
a offset -step()
a offset max_of(1m, 2m)
a offset 1m * 2
a offset 1m ^ 2
a offset nan
a offset inf
a offset 1e30
a offset foo
a offset
offset offset 5m
(a) offset 5m
sum(a) offset 5m
1 offset 5m
a[5m:] offset 5m
a @ 1
a @ -1
a @ 1.5
a @ +1
a @ 5m
a @ nan
a @ inf
a @ 1e30
a @ start()
a @ end ()
a @ start
a @ foo
a @
a @ 1 @ 2
a @ 1 offset 5m
a offset 5m @ 1
(a) @ 1
sum(a) @ 1
a @ 1 ^ 2
a anchored
a[5m] smoothed
anchored + smoothed
fill + fill
a + fill(0) b
a + fill b
a + fill (b)
sum(a)
sum()
sum(a, b)
sum(a,)
sum(,a)
sum by (b) (a)
sum(a) by (b)
sum by (b) (a) by (c)
sum by b (a)
sum by () (a)
sum by (b,) (a)
sum by (,) (a)
sum by (b c) (a)
sum by (b, "c d") (a)
sum by ("") (a)
sum by (b:c) (a)
sum by (9) (a)
sum by (inf) (a)
sum by (on, by, offset, bool, and, sum, start) (a)
sum by (without) (a)
sum without (b) (a)
sum by (b)
sum by
sum + by
sum{a="b"}
sum[5m]
sum(1)
sum("a")
sum(a[5m])
count_values("b", a)
count_values(b, a)
count_values(1, a)
count_values(a)
topk(5, a)
topk(a, 5)
topk(a)
topk(scalar(b), a)
topk("a", b)
quantile(0.9, a)
quantile(a)
limitk(5, a)
limit_ratio(0.5, a)
limitk + limit_ratio
group(a)
stddev by (b) (a)
a + b
a + 1
1 + a
1 + 1
a + "b"
"a" + "b"
a + b[5m]
a == b
a == bool b
a + bool b
1 == 1
1 == bool 1
1 == bool a
a == 1
a = b
a =~ b
a !~ b
a ! b
a != b
a <> b
a </ b
a >/ b
a > = b
a and b
a and 1
1 or 2
a or vector(0)
a unless on (b) c
a and bool b
a and on (b) group_left c
a * on (b) c
a * on (b, c) group_left c
a * on (b) group_left (c) d
a * on (b) group_left (b) d
a * ignoring (b) group_left (b) d
a * on (b) group_right () d
a * group_left (b) c
a * on b c
a * on () c
a * ignoring (b) group_right c
a * on (b) ignoring (c) d
a * on (b) 1
1 * on (b) a
a * on () 1
1 == on (b) bool a
a == bool on (b) c
a == on (b) bool c
a * on (b) group_left
a atan2 b
a ^ b ^ c
-a ^ b
-a
+a
--a
-1
-"a"
-a[5m]
- (a)
a - -b
a * -b
a +
+ 
a b
a 1
a (b)
sum sum
(a)
((a))
(a
a)
()
(a, b)
a, b
a; b
a # comment
# comment
# comment
a

a
+ b # comment
a$b
a?b
a&b
a || b
!a
a.b
a-b
abs(a)
abs(1)
abs("a")
abs(a[5m])
abs()
abs(a, b)
Abs(a)
foo(a)
rat(a[5m])
sums(a)
time()
time(a)
pi()
vector(1)
vector(a)
vector("a")
scalar(a)
scalar(1)
round(a)
round(a, 5)
round(a, b)
round(a, 1, 2)
round()
hour()
hour(a)
hour(vector(time()))
hour(time())
hour(a, b)
label_replace(a, "b", "$1", "c", "(.*)")
label_replace(a, "b", "$1", "c")
label_replace(a, b, "$1", "c", "(.*)")
label_replace(a, "b", "$1", "c", "(")
label_join(a, "b", ",", "c")
label_join(a, "b", ",")
label_join(a, "b")
label_join(a, "b", ",", "c", "d", "e")
label_join(a, "b", ",", "c", d)
histogram_quantile(0.9, a)
histogram_quantile(0.9, sum by (le) (rate(a[5m])))
histogram_quantile(a, 0.9)
histogram_fraction(0, 1, a)
histogram_avg(a)
histogram_quantiles(a, "q", 0.5, 0.9)
clamp(a, 0, 1)
clamp(a, 0)
clamp_max(a, 1)
predict_linear(a[5m], 3600)
predict_linear(a[5m], 1h)
predict_linear(a, 3600)
quantile_over_time(0.9, a[5m])
absent(a)
absent_over_time(a[5m])
last_over_time(a[5m])
first_over_time(a[5m])
mad_over_time(a[5m])
sort(a)
sort_by_label(a, "b")
double_exponential_smoothing(a[5m], 0.5, 0.5)
holt_winters(a[5m], 0.5, 0.5)
info(a)
info(a, {b="c"})
start()
end()
step()
range()
max_of(1, 2)
start_timestamp(a)
start + end
start(a)
by(a)
offset(a)
bool(a)
a:b(c)
timestamp(a)
timestamp(a offset 5m)
avg_over_time(rate(a[5m])[1h:])
avg_over_time((a)[1h:5m])
avg_over_time((a)[1h])
max_over_time(1[5m:])
max_over_time("a"[5m:])
max_over_time(a[5m][5m:])
a > bool 5
a > 5 > 6
a == 1 or b == 2 and c == 3 unless d
sum(rate(http_requests_total{job="checkout",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="checkout"}[5m])) > 0.05
100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))
kube_pod_info * on (namespace, pod) group_left (workload, workload_type) namespace_workload_pod:kube_pod_owner:relabel
absent(up{job="a"} == 1)
(time() - a) > 86400 and on () vector(1)
count by (job) (up == 0) / count by (job) (up) * 100 > 10
`.split('\n').filter((line) => line !== '').concat([
  '', ' ', '\n', 'a\n+\nb', 'a\t', 'a\u00a0', '\u00e9', 'a{b="\u00e9"}', 'a{\u00e9="b"}', '{"\u00e9"}', 'a{b="\ufffd"}', '"a\nb"', '`a\nb`', '`a', 'a{b=`c\\d`}', 'a{b="\\', '"\\', 'a\r\n', '\u2028', 'a # \r b', '{"a\\xffb"}', 'a{b=~"\\xff"}',
]);

const PIECES = [
  'a', 'b', '1', '0', '5m', '"x"', 'rate', 'sum', 'topk', '(', ')', '[', ']', '{', '}', ',', '+', '-', '*', '/', '^', '%', '==', '!=', '>', '=', '=~', 'and', 'or', 'unless', 'bool', 'on', 'ignoring', 'group_left', 'by', 'without', 'offset', '@', 'start()', ':', '[5m]', '[5m:1m]', '{a="b"}', '{}', 'by (b)', 'on (b)', 'atan2', 'vector(1)', 'step()', '#', '\n', 'inf', '.', '_',
];

/** Cuts where words end, so that changes hit what means something. */
const cut = (expression: string): string[] => expression.match(/\s+|[A-Za-z_:][\w:]*|[0-9][\w.]*|"[^"]*"|[=!<>]=|=~|!~|[\s\S]/g) ?? [];

/** One of the expressions above with a few pieces taken out, put in, doubled, replaced or swapped. */
export const mutatedExpressions: fc.Arbitrary<string> = fc.tuple(
  fc.constantFrom(...EXPRESSIONS.filter((expression) => expression.length > 3)),
  fc.array(fc.tuple(fc.constantFrom('delete', 'insert', 'double', 'replace', 'swap'), fc.nat(1000), fc.constantFrom(...PIECES)), { minLength: 1, maxLength: 3 }),
).map(([expression, changes]) => {
  const words = cut(expression);
  for (const [change, number, piece] of changes) {
    const at = number % (words.length + 1);
    const word = words[at] ?? '';
    if (change === 'delete') words.splice(at, 1);
    if (change === 'insert') words.splice(at, 0, piece);
    if (change === 'double') words.splice(at, 0, word);
    if (change === 'replace') words.splice(at, 1, piece);
    if (change === 'swap') words.splice(at, 2, ...words.slice(at, at + 2).reverse());
  }
  return words.join('');
});

/** Expressions that are put together from parts that fit by their kind, most of the time. */
export const composedExpressions: fc.Arbitrary<string> = fc.letrec<{ vector: string; scalar: string; range: string }>((tie) => ({
  vector: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('a', 'up{job="x"}', '{__name__=~"a.+"}', 'sum', 'a offset 5m', 'a @ end()', 'vector(1)'),
    fc.tuple(fc.constantFrom('sum', 'avg', 'count', 'min', 'group'), fc.constantFrom('', ' by (b)', ' without (b, c) ', ' by ()'), tie('vector')).map(([op, by, arg]) => `${op}${by}(${arg})`),
    fc.tuple(fc.constantFrom('topk', 'bottomk', 'quantile'), tie('scalar'), tie('vector')).map(([op, parameter, arg]) => `${op}(${parameter}, ${arg})`),
    fc.tuple(fc.constantFrom('rate', 'increase', 'max_over_time', 'absent_over_time', 'changes'), tie('range')).map(([name, arg]) => `${name}(${arg})`),
    fc.tuple(fc.constantFrom('abs', 'ceil', 'sort', 'timestamp', 'hour', 'absent'), tie('vector')).map(([name, arg]) => `${name}(${arg})`),
    fc.tuple(tie('vector'), fc.constantFrom('+', '*', '^', '==', '> bool', 'and', 'or', 'unless', 'atan2', '* on (b)', '/ ignoring (b) group_left (c)', '- on () group_right', '% bool'), tie('vector')).map(([left, op, right]) => `${left} ${op} ${right}`),
    fc.tuple(tie('vector'), fc.constantFrom('+', '*', '==', '> bool', 'and'), tie('scalar')).map(([left, op, right]) => `${left} ${op} ${right}`),
    fc.tuple(fc.constantFrom('(', '-(', '+'), tie('vector')).map(([sign, arg]) => (sign.endsWith('(') ? `${sign}${arg})` : `${sign}${arg}`)),
    tie('scalar'),
  ),
  scalar: fc.oneof({ maxDepth: 3 }, fc.constantFrom('1', '0.5', 'time()', '-1', '5m', 'inf'), fc.tuple(tie('vector')).map(([arg]) => `scalar(${arg})`), fc.tuple(tie('scalar'), fc.constantFrom('+', '/', '==', '== bool', 'and'), tie('scalar')).map((parts) => parts.join(' '))),
  range: fc.oneof({ maxDepth: 3 }, fc.constantFrom('a[5m]', 'a{b="c"}[1h] offset 1d', 'a[5m] @ start()'), fc.tuple(tie('vector'), fc.constantFrom('[5m:1m]', '[1h:]', '[5m]')).map(([arg, range]) => `(${arg})${range}`), tie('vector')),
})).vector;
