#!/usr/bin/env node
/** The command `otmix`: one file per subcommand. What is heavy loads when a command needs it. */
import { Command } from 'commander';
import { InputError } from '../errors.js';
import { version } from '../version.js';
import { addDoctor } from './doctor.js';
import { reportFailure } from './failure.js';
import { addFit } from './fit.js';
import { interruption } from './interruption.js';
import { addPredict } from './predict.js';
import { addSample } from './sample.js';
import { addSelect } from './select.js';

const details = `
Exit status: 0; 2 for a mistake in what was asked, with one line on standard
error that says what was expected, what was got and what to do; 1 for a fault of
otmix (OTMIX_DEBUG=1 shows where). Ctrl-C ends a fit with what is fitted so far:
it is printed, saved and reported, and the exit status is 130. A second Ctrl-C
quits at once.

Examples:
  otmix fit data.csv -k 3 --out model.json --report report.html
  otmix predict model.json data.csv --out labels.csv
  otmix select data.csv -k 1:9`;

const program = new Command('otmix')
  .description('Fits mixture models to large data by entropic optimal transport.')
  .version(version)
  .exitOverride()
  .configureOutput({ writeErr: () => undefined }) // errors are one line, ours
  .addHelpText('after', details);
for (const add of [addFit, addPredict, addSelect, addSample, addDoctor]) add(program);

process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code === 'EPIPE') process.exit(0); // a reader may stop early: otmix … | head
  const got = cause.code ?? cause.message;
  const remedy = 'make space or write elsewhere';
  const complaint = { where: 'standard output', expected: 'a place that can be written to', got, remedy };
  process.exit(reportFailure(new InputError('file', complaint, { cause })));
});
process.on('uncaughtException', (error) => process.exit(reportFailure(error)));

try {
  if (process.argv.length > 2) await program.parseAsync();
  else program.outputHelp();
  process.exitCode = interruption()?.exitStatus ?? 0;
} catch (error) {
  process.exitCode = reportFailure(error);
}
