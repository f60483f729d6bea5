/** One node with the operator for all test files of a run: starting one takes half a minute. For tests only: it needs mocha. */
import { startNodeWithOperator, type NodeWithOperator } from './stack.ts';

let running: Promise<NodeWithOperator> | undefined;

/** The node, started by whoever asks first. Leave on it nothing but what is at rest; it ends after the last test file. */
export function sharedNode(): Promise<NodeWithOperator> {
  running ??= startNodeWithOperator();
  return running;
}

// At the root of all suites, since this is called while a test file loads and no suite is open.
after(async () => {
  await (await running?.catch(() => undefined))?.stop();
});
