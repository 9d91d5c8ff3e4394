#!/usr/bin/env node
/** The command `otmix`: one file per subcommand. What is heavy loads when a command needs it. */
import { Command } from 'commander';
import { version } from '../base/version.js';
import { addBench } from './bench.js';
import { addBootstrap } from './bootstrap.js';
import { addCompare } from './compare.js';
import { addDoctor } from './doctor.js';
import { reportFailure } from './failure.js';
import { addExport } from './export.js';
import { addFit } from './fit.js';
import { addImpute } from './impute.js';
import { interruption, leave } from './interruption.js';
import { addOnline } from './online.js';
import { addPredict } from './predict.js';
import { addSample } from './sample.js';
import { addSelect } from './select.js';
import { knownCommand } from './usage.js';
import { addWorker } from './worker.js';

const details = `
Exit status: 0; 2 for a mistake in what was asked, with one line on standard
error that says what was expected, what was got and what to do; 1 for a fault of
otmix (OTMIX_DEBUG=1 shows where). Ctrl-C ends a fit with what is fitted so far:
it is printed, saved and reported, and the exit status is 130. A second Ctrl-C
quits at once. A result that can't go to its place goes to another, which the
line on standard error names.

The source - is standard input, as is no source where something is piped in.

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
const adders = [
  addFit,
  addPredict,
  addImpute,
  addSelect,
  addSample,
  addOnline,
  addExport,
  addCompare,
  addBootstrap,
  addBench,
  addDoctor,
  addWorker,
];
for (const add of adders) add(program);

process.stderr.on('error', () => undefined); // nobody is left to tell
process.on('uncaughtException', (error) => process.exit(reportFailure(error)));

try {
  if (process.argv.length > 2) await program.parseAsync(knownCommand(process.argv));
  else program.outputHelp();
  process.exitCode = interruption()?.exitStatus ?? 0;
} catch (error) {
  process.exitCode = reportFailure(error);
}
if (interruption()) leave(process.exitCode); // what was interrupted may still be waiting for something
