#!/usr/bin/env node
import { basename } from 'node:path';
import { keepCompiledCode } from './cli/compiled-code.ts';
import { processIo } from './cli/process-io.ts';
import { runProgram } from './cli/program.ts';

const [, script = 'belfry', ...args] = process.argv;
// kubectl finds plugins by the name of the file; whoever came through it should read its own words in the help.
const name = basename(script).startsWith('kubectl-') ? 'kubectl belfry' : 'belfry';

// The operator starts once and for long, and often on a file system that it cannot write to.
if (args[0] !== 'run') keepCompiledCode(process.env);
const exitCode = await runProgram(args, processIo(args), name);
// A long text may still be on its way into a pipe: Node ends by itself once it is through.
process.exitCode = exitCode;
if (args[0] === 'run') process.exit();
