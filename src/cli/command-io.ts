/** What a command sees of the process it runs in. A command returns its exit code and never ends the process itself. */
export interface CommandIo {
  /** Results: tables, YAML, JSON. Callers bring their own line ends. */
  readonly stdout: (text: string) => void;
  /** Progress, notes, rejections: nothing that a pipe wants. */
  readonly stderr: (text: string) => void;
  /** All of standard input. */
  readonly readStdin: () => Promise<string>;
  /** Whether stdout may be coloured: a terminal, no NO_COLOR, no --no-color. */
  readonly colour: boolean;
  /** Ends when the user presses ^C; for commands that go on until then. */
  readonly signal: AbortSignal;
}

/** The options that every command understands. */
export interface GlobalOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
}

/** A mistake of whoever typed the command, or a part that cannot be reached: one line, and what to do. Not our bug. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
