/** Mocha's `spec` report on stdout, and the counts as one JSON file for `run-suites.ts` at `$SUITE_RESULT`. */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** What a suite came to. */
export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  /** Full titles of tests that did not run. */
  readonly skipped: readonly string[];
}

/** Mocha finds a reporter as the default export of the module that `--reporter` names. */
export default class SuiteReporter extends Mocha.reporters.Spec { // oxlint-disable-line import/no-default-export
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const skipped: string[] = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()));
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const result: SuiteResult = { passed: this.stats.passes, failed: this.stats.failures, skipped };
      const file = process.env['SUITE_RESULT'];
      if (file) writeFileSync(file, JSON.stringify(result));
    });
  }
}
