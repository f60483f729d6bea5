/** Mocha's `spec` report on stdout, and the counts as one JSON file for `run-suites.ts` at `$SUITE_RESULT`. */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** What a suite came to. */
export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  /** Full titles of tests that did not run. */
  readonly skipped: readonly string[];
  readonly failures: readonly Failure[];
}

/** A test, or a hook, that failed. */
export interface Failure {
  /** In full: the titles of its groups, then its own. */
  readonly title: string;
  /** The first lines of its error. */
  readonly why: string;
}

const MOST_LINES = 12;

/** Mocha finds a reporter as the default export of the module that `--reporter` names. */
export default class SuiteReporter extends Mocha.reporters.Spec { // oxlint-disable-line import/no-default-export
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const skipped: string[] = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()));
    const failures: Failure[] = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test, error: Error) => failures.push({ title: test.fullTitle(), why: error.message.split('\n').slice(0, MOST_LINES).join('\n') }));
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const result: SuiteResult = { passed: this.stats.passes, failed: this.stats.failures, skipped, failures };
      const file = process.env['SUITE_RESULT'];
      if (file) writeFileSync(file, JSON.stringify(result));
    });
  }
}
