import { existsSync, readFileSync } from 'node:fs';
import { FAILSAFE_SCHEMA, load, nullCoreTag, YAMLException } from 'js-yaml';
import type { Labels, Relabeled, RelabelOptions } from '../formats/prometheus/relabel-eval.ts';
import { relabel } from '../formats/prometheus/relabel-eval.ts';
import { relabelProblems } from '../formats/prometheus/relabel-problems.ts';
import { relabelRulesFrom } from '../formats/prometheus/relabel-rules-from.ts';
import type { RelabelRule } from '../formats/prometheus/relabel.ts';
import { parseVersion } from '../formats/prometheus/version.ts';
import { CommandError, type CommandIo } from './command-io.ts';
import { relabelReport } from './relabel-report.ts';

/** What `belfry relabel` is asked. */
export interface RelabelCommandOptions {
  /** File of rules, or `-`. */
  readonly file: string;
  /** A label set as JSON, a file of label sets, or `-`; default `-`. */
  readonly labels?: string;
  /** Default: text for people. */
  readonly output?: string;
  /** Name validation; default utf8. */
  readonly scheme?: string;
  /** Release of Prometheus; default the newest. */
  readonly prometheus?: string;
}

/**
 * `belfry relabel`: what relabel rules do to label sets, rule by rule. Exit code 0, or 1 if Prometheus would refuse a rule, which
 * stderr says.
 */
export async function relabelCommand(options: RelabelCommandOptions, io: CommandIo): Promise<number> {
  const how = evaluationOf(options);
  if (options.file === '-' && (options.labels ?? '-') === '-') throw new CommandError('rules and labels cannot both come from stdin: give one of -f and -l a file');
  const rules = await readRules(options.file, how, io);
  if (rules === undefined) return 1;
  const sets = await readLabelSets(options.labels ?? '-', io);
  const print = options.output === 'json' ? printJson : relabelReport;
  for (const [index, labels] of sets.entries()) {
    if (index > 0 && options.output !== 'json') io.stdout('\n');
    io.stdout(print(rules, relabel(rules, labels, how), io.colour));
  }
  return 0;
}

function evaluationOf({ output = 'text', scheme = 'utf8', prometheus }: RelabelCommandOptions): RelabelOptions {
  if (output !== 'text' && output !== 'json') throw new CommandError(`-o ${output} is not there for relabel: use text or json`);
  if (scheme !== 'utf8' && scheme !== 'legacy') throw new CommandError(`--scheme ${scheme} is unknown: use utf8 or legacy`);
  if (prometheus === undefined) return { scheme };
  const version = parseVersion(prometheus);
  if (!version) throw new CommandError(`--prometheus ${prometheus} is no release: write it like v3.15.0`);
  return { scheme, version };
}

/** Undefined after stderr has been told what Prometheus would refuse. */
async function readRules(file: string, { scheme, version }: RelabelOptions, io: CommandIo): Promise<readonly RelabelRule[] | undefined> {
  const read = relabelRulesFrom(parseYaml(file, await readInput(file, io)));
  if ('problems' in read) {
    for (const { rule, message } of read.problems) io.stderr(`${file}: rule ${rule + 1}: ${message}\n`);
    return undefined;
  }
  const refused = read.rules.flatMap((rule, index) => relabelProblems(rule, scheme, version).map(({ message }) => `${file}: rule ${index + 1}: ${message}\n`));
  for (const line of refused) io.stderr(line);
  return refused.length > 0 ? undefined : read.rules;
}

// All scalars as text, as Prometheus reads them into text fields: regex 1.0 is "1.0", and yes is "yes".
const TEXT_SCHEMA = FAILSAFE_SCHEMA.withTags(nullCoreTag);

function parseYaml(file: string, text: string): unknown {
  try {
    return load(text, { schema: TEXT_SCHEMA });
  } catch (error) {
    if (error instanceof YAMLException) throw new CommandError(`${file} is no YAML: ${error.message}`, { cause: error });
    throw error;
  }
}

async function readInput(file: string, io: CommandIo): Promise<string> {
  if (file === '-') return io.readStdin();
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function readLabelSets(source: string, io: CommandIo): Promise<readonly Labels[]> {
  const isJson = source.trimStart().startsWith('{') && !existsSync(source);
  const text = isJson ? source : await readInput(source, io);
  const name = isJson ? '-l' : source === '-' ? 'stdin' : source;
  return parseLabelSets(text).map((value, index) => labelsFrom(value, `${name}: label set ${index + 1}`));
}

/** One JSON text, however many lines it takes, or one a line. */
function parseLabelSets(text: string): readonly unknown[] {
  const whole = parseJson(text);
  if (whole !== undefined) return Array.isArray(whole) ? whole : [whole];
  return text.split('\n').filter((line) => line.trim() !== '').map((line) => {
    const value = parseJson(line);
    if (value === undefined) throw new CommandError(`no JSON: ${line.slice(0, 80)}; a label set is an object, like {"app": "checkout"}, one a line`);
    return value;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function labelsFrom(value: unknown, where: string): Labels {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new CommandError(`${where} must be an object, like {"app": "checkout"}`);
  const wrong = Object.entries(value).find(([, item]) => typeof item !== 'string');
  if (wrong) throw new CommandError(`${where}: the value of label ${JSON.stringify(wrong[0])} must be text: write ${JSON.stringify(String(wrong[1]))}`);
  return value as Labels;
}

function printJson(rules: readonly RelabelRule[], { keep, labels, steps }: Relabeled): string {
  return `${JSON.stringify({ keep, labels, steps: steps.map((step) => ({ ...step, rule: rules[step.rule] })) })}\n`;
}
