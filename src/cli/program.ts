import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { CommandError, type CommandIo, type GlobalOptions } from './command-io.ts';
import { METRICS_PORT, OPERATOR_NAMESPACE } from './install-defaults.ts';
import { REPORT_FORMATS, type ReportFormat } from './report-format.ts';
import { BELFRY_VERSION } from './version.ts';

/** A command could not do its work: a mistake in the command line, an unreadable file, an API server out of reach. */
const EXIT_ERROR = 2;

type Action<O> = (options: O & GlobalOptions, io: CommandIo, args: readonly string[]) => Promise<number>;

interface Context {
  readonly name: string;
  /** Makes an action of commander out of one of ours. */
  readonly action: <O extends object>(action: Action<O>) => (...args: unknown[]) => Promise<void>;
}

/** Runs one command line (without the program's own name) and answers with its exit code. Never throws, never exits. */
export async function runProgram(args: readonly string[], io: CommandIo, name = 'belfry'): Promise<number> {
  let exitCode = 0;
  const program = createProgram(name, (run) => async (...parameters) => {
    const command = parameters.at(-1) as Command;
    exitCode = await run(command.optsWithGlobals(), io, command.args);
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeOut: io.stdout, writeErr: io.stderr, outputError: (message, write) => write(message.replace(/^error:/, `${name}:`)) });
  }
  try {
    await program.parseAsync(args.length > 0 ? args : ['--help'], { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error, io, name);
  }
}

function explain(error: unknown, io: CommandIo, name: string): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_ERROR; // it has said so already
  if (error instanceof CommandError) io.stderr(`${name}: ${error.message}\n`);
  else if (error instanceof Error && error.name === 'KubeError') io.stderr(`${name}: ${error.message.replaceAll('\n', ' ')}\n`);
  else io.stderr(`${name}: this is a bug, please report it: ${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT_ERROR;
}

/** The command line as commander knows it; also where docs/reference/cli.md comes from. */
export function createProgram(name: string, action: Context['action']): Command {
  const program = new Command(name)
    .description('Runs whole monitoring stacks on Kubernetes from three small resources: MonitoringStack, ScrapeTarget, AlertPolicy.')
    .version(BELFRY_VERSION, '--version', 'Print the release and end.')
    .option('--kubeconfig <file>', 'Kubeconfig to use. Default: in-cluster, then KUBECONFIG, then ~/.kube/config.')
    .option('--context <name>', 'Context of the kubeconfig to use.')
    .option('-n, --namespace <name>', 'Namespace to look at; for files: of resources that name none.')
    .option('-A, --all-namespaces', 'Look at all namespaces.')
    .option('--no-color', 'No colours. NO_COLOR does the same, and so does a pipe.')
    .configureHelp({ showGlobalOptions: true })
    .helpCommand(false)
    .showHelpAfterError(`(${name} --help shows what there is)`);
  const context: Context = { name, action };
  for (const add of [addRun, addInstall, addRender, addDiff, addValidate, addRelabel, addStatus, addVersion]) add(program, context);
  for (const command of program.commands) command.helpOption('-h, --help', 'Show this.').configureHelp({ showGlobalOptions: true });
  return program.helpOption('-h, --help', 'Show this.').addHelpText('after', examples(name, ['install | kubectl apply -f -', 'validate -f monitoring/', 'status -A']));
}

function examples(name: string, lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${name} ${line}`).join('\n')}\n`;
}

const files = () => new Option('-f, --files <path...>', 'Files, folders, or - for standard input. YAML or JSON, several documents each.').makeOptionMandatory();

interface FileOptions {
  readonly files: readonly string[];
}

function addRun(program: Command, { name, action }: Context): void {
  program
    .command('run')
    .description('Run the operator: leader election, /metrics, /healthz, /readyz.')
    .option('--metrics-address <host:port>', 'Where /metrics, /healthz and /readyz answer.', `127.0.0.1:${METRICS_PORT}`)
    .option('--leader-elect [boolean]', 'Work only while this replica holds the Lease.', booleanArgument, true)
    .addOption(new Option('--log-level <level>', 'How much to log.').choices(['debug', 'info', 'error']).default('info'))
    .addOption(new Option('--pod-access <way>', 'How to reach pods: straight, or through the API server. Default: through it where --kubeconfig is given.').choices(['direct', 'proxy']))
    .addHelpText('after', examples(name, ['run', `run --kubeconfig ~/.kube/config --namespace ${OPERATOR_NAMESPACE} --leader-elect=false --pod-access proxy`]))
    .action(action<RunArguments>(async (options, io) => (await import('./run.ts')).runCommand(options, io)));
}

interface RunArguments {
  readonly metricsAddress: string;
  readonly leaderElect: boolean;
  readonly logLevel: 'debug' | 'info' | 'error';
  readonly podAccess?: 'direct' | 'proxy';
}

function booleanArgument(value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  throw new InvalidArgumentError('Write true or false.');
}

function addInstall(program: Command, { name, action }: Context): void {
  program
    .command('install')
    .description('Print CRDs, permissions and Deployment of the operator, for kubectl apply -f -. -n says where it goes.')
    .option('--image <image>', 'Image of the operator, with its tag.')
    .option('--crds-only', 'The CRDs alone.')
    .addHelpText('after', examples(name, ['install | kubectl apply -f -', 'install -n monitoring --image mirror.example/belfry:0.1.0 | kubectl apply -f -']))
    .action(action<{ image?: string; crdsOnly?: boolean }>(async (options, io) => (await import('./install.ts')).installCommand(options, io)));
}

function addRender(program: Command, { name, action }: Context): void {
  program
    .command('render')
    .description('Write what the operator would write for these files, without a cluster. Exits with 1 when a resource is rejected.')
    .addOption(files())
    .option('-o, --output <directory>', 'One file an object, and the config files as Prometheus and Alertmanager read them. Default: YAML to stdout.')
    .addHelpText('after', examples(name, ['render -f examples/quickstart', 'render -f examples/quickstart -o /tmp/out && promtool check config /tmp/out/prometheus/shop/prometheus.yml']))
    .action(action<FileOptions & { output?: string }>(async (options, io) => (await import('./render.ts')).renderCommand(options, io)));
}

function addDiff(program: Command, { name, action }: Context): void {
  program
    .command('diff')
    .description('Compare what the operator would write with what the cluster holds, by dry runs. Exits with 1 when something differs.')
    .option('-f, --files <path...>', 'Files to lay over what the cluster holds. Default: the cluster alone.')
    .addOption(new Option('-o, --output <format>', 'How to write the differences.').choices(['text', 'json']).default('text'))
    .addHelpText('after', examples(name, ['diff -A', 'diff -n shop -f checkout.yaml', 'diff -A -o json']))
    .action(action<{ files?: readonly string[]; output: 'text' | 'json' }>(async (options, io) => (await import('./diff.ts')).diffCommand(options, io)));
}

function addValidate(program: Command, { name, action }: Context): void {
  program
    .command('validate')
    .description('Check files by the code that runs in the cluster, without one. Exits with 1 when something is wrong.')
    .addOption(files())
    .addOption(new Option('-o, --output <format>', 'How to write what was found.').choices(REPORT_FORMATS).default('text'))
    .addHelpText('after', examples(name, ['validate -f monitoring/', 'validate -f monitoring/ -o sarif > findings.sarif']))
    .action(action<FileOptions & { output: ReportFormat }>(async (options, io) => (await import('./validate.ts')).validateCommand(options, io)));
}

function addRelabel(program: Command, { name, action }: Context): void {
  const rules = `'[{"action": "keep", "sourceLabels": ["app"], "regex": "checkout"}]'`;
  program
    .command('relabel')
    .description('Apply relabel rules to label sets, rule by rule. Exits with 1 when Prometheus would refuse a rule.')
    .requiredOption('-f, --file <rules>', 'Relabel rules, YAML or JSON, in camelCase or Prometheus\' own names; - for standard input.')
    .option('-l, --labels <labels>', 'A label set as JSON, or a file of them, one a line. Default: standard input.')
    .addOption(new Option('-o, --output <format>', 'How to write what happens.').choices(['text', 'json']).default('text'))
    .addOption(new Option('--scheme <scheme>', 'Which label names are valid.').choices(['utf8', 'legacy']).default('utf8'))
    .option('--prometheus <version>', 'Release whose rules apply, like v2.55.1. Default: the newest.')
    .addHelpText('after', examples(name, [`relabel -f rules.yaml -l '{"app": "checkout"}'`, `relabel -f rules.yaml -o json < labels.jsonl`, `relabel -f - -l '{"app": "checkout"}' <<< ${rules}`]))
    .action(action<RelabelArguments>(async (options, io) => (await import('./relabel.ts')).relabelCommand(options, io)));
}

interface RelabelArguments {
  readonly file: string;
  readonly labels?: string;
  readonly output: string;
  readonly scheme: string;
  readonly prometheus?: string;
}

function addStatus(program: Command, { name, action }: Context): void {
  program
    .command('status')
    .description('Show every stack: components, config, targets, what is wrong, and alerts that fire.')
    .addOption(new Option('-o, --output <format>', 'More columns, or everything for scripts.').choices(['wide', 'json', 'yaml']))
    .option('-w, --watch', 'Show it again whenever it changes, until ^C.')
    .addHelpText('after', examples(name, ['status -A', 'status -n shop --watch']))
    .action(action<{ output?: 'wide' | 'json' | 'yaml'; watch?: boolean }>(async (options, io) => (await import('./status.ts')).statusCommand(options, io)));
}

function addVersion(program: Command, { action }: Context): void {
  program
    .command('version')
    .description('Print the release.')
    .action(
      action(async (_options, io) => {
        io.stdout(`${BELFRY_VERSION}\n`);
        return 0;
      }),
    );
}
