import type { Command } from 'commander';
import type { BackendName } from '../backend/backends.js';
import { printableJson } from '../base/printable.js';
import { version } from '../base/version.js';
import type { BootstrapProgress } from '../bootstrap/options.js';
import type { MissingPolicy } from '../data/blocks.js';
import { intervalsJson, intervalsSummary, testJson, testSummary } from './bootstrap-summary.js';
import { formatFlag } from './flags.js';
import { missingPolicies } from '../fit/choices.js';
import { loadLibrary } from './library.js';
import { openModel, openRowsFor, tellNotes, type ModelRowsFlags } from './model-rows.js';
import type { Activity } from './narration.js';
import { integer, invalid, names, number, oneName, oneOf } from './parsers.js';
import { progressView } from './progress.js';
import { print, write } from './standard-output.js';
import { addTextFlags } from './text-flags.js';

interface Flags extends Omit<ModelRowsFlags, 'out'> {
  readonly test?: true;
  readonly replicates?: number;
  readonly level?: number;
  readonly restarts?: number;
  readonly seed: number;
  readonly sampleWeight?: string;
  readonly missing?: MissingPolicy;
  readonly every: number;
  readonly tolerance?: number;
  readonly maxIterations?: number;
  readonly threads?: number;
  readonly json?: true;
}

const details = `
Refits the model to its rows under random weights, replicate by replicate, from
where it is (the weighted bootstrap: Newton & Raftery 1994; O'Hagan et al. 2019).
The spread of a parameter over replicates is its standard error, and quantiles are
the ends of its interval. The fit's own options are those that the model file has.

--test asks whether one component more is needed: k against k + 1 by the bootstrap
likelihood-ratio test (McLachlan 1987), on samples drawn from a fit of k.

Examples:
  otmix fit data.csv -k 3 --out model.json
  otmix bootstrap model.json data.csv
  otmix bootstrap model.json data.csv --replicates 1000 --level .9 --json
  otmix bootstrap model.json data.csv --test --replicates 199`;

/** `otmix bootstrap MODEL SOURCE`: standard errors and intervals of a saved model, or a test of one component more. */
export function addBootstrap(program: Command): void {
  const command = program
    .command('bootstrap')
    .description('Standard errors and intervals of a saved model, or --test whether it needs one component more.')
    .argument('<model>', 'a model file, as otmix fit --out writes it; - is standard input')
    .argument('[source]', 'the data that it was fitted to, as otmix fit takes it')
    .option('--test', 'test k components against k + 1 instead')
    .option('--replicates <n>', 'how many; default 200, and 99 with --test', integer('--replicates', 2))
    .option('--level <p>', 'of the intervals; default .95', share)
    .option('--restarts <n>', 'starts of every fit of --test; default 5', integer('--restarts', 1))
    .option('--seed <s>', 'seed of all randomness', integer('--seed'), 0)
    .option(
      '--tolerance <t>',
      'stop fits at a smaller gain per iteration; default .001 nats over all rows',
      number('--tolerance'),
    )
    .option('--max-iterations <n>', 'iterations per fit at the most; default 1000', integer('--max-iterations', 1))
    .optionsGroup('Data:')
    .option(
      '--columns <names>',
      'the columns, in the order of the model; default those with its names',
      names('--columns'),
    )
    .option('--sample-weight <name>', 'the column of sample weights', oneName('--sample-weight'))
    .option('--every <m>', 'take rows 0, m, 2m, …', integer('--every', 1), 1)
    .option(
      '--missing <policy>',
      `rows with a missing value: ${missingPolicies.join(', ')}; default as in the fit`,
      oneOf('--missing', missingPolicies),
    )
    .option(...formatFlag)
    .optionsGroup('Results:')
    .option('--json', 'print one JSON object')
    .option('--backend <name>', 'auto, webgpu, tensorflow, wasm or cpu; see otmix doctor', 'auto')
    .option('--threads <n>', 'threads of the CPU; default all', integer('--threads', 1))
    .option('-q, --quiet', 'no progress and no notes on standard error');
  addTextFlags(command).addHelpText('after', details).action(run);
}

/** A level of intervals. */
function share(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value > 0 && value < 1) return value;
  throw invalid('--level', 'a number between 0 and 1', text, 'use .95 or so');
}

async function run(model: string, spec: string | undefined, flags: Flags): Promise<void> {
  const started = performance.now();
  requireTogether(flags);
  const { signal, mixture, input } = await openModel(model, spec, flags);
  const { every, sampleWeight: weight } = flags;
  const source = await openRowsFor(mixture, input, flags, { signal, every, ...(weight !== undefined && { weight }) });
  const { bootstrap } = await loadLibrary();
  const { testOf } = await import('../bootstrap/model-test.js');
  const { show, stop } = await progressView(process.stderr, flags.quiet);
  const options = { ...optionsOf(flags), signal, onProgress: (now: BootstrapProgress) => show(activityOf(now)) };
  const found = await (flags.test ? testOf(source, mixture, options) : bootstrap(source, mixture, options)).finally(
    stop,
  );
  const seconds = (performance.now() - started) / 1000;
  tellNotes(source, flags);
  if (flags.json) {
    const json =
      'pValue' in found ? { ...testJson(found), seconds: { total: seconds }, version } : intervalsJson(found, seconds);
    await write(`${printableJson(json)}\n`);
  } else await print('pValue' in found ? testSummary(found, seconds) : intervalsSummary(found, seconds));
}

/** Throws `InputError('option')` for flags that say nothing beside others. */
function requireTogether({ test, level, restarts, sampleWeight }: Flags): void {
  if (!test && restarts !== undefined) {
    throw invalid('--restarts', '--test with it: replicates start at the model', String(restarts), 'leave it out');
  }
  if (!test) return;
  if (level !== undefined) throw invalid('--level', 'no --test with it', String(level), 'leave it out');
  if (sampleWeight !== undefined) {
    throw invalid('--sample-weight', 'no --test with it: samples have no weights', sampleWeight, 'leave it out');
  }
}

function activityOf(progress: BootstrapProgress): Activity {
  if (progress.phase !== 'bootstrap') return progress;
  const { done, replicates: all } = progress;
  return { phase: 'count', what: 'replicates', done, all };
}

/** What the library is asked for, besides rows and model. */
function optionsOf(flags: Flags) {
  const { replicates, level, restarts, seed, missing, tolerance, maxIterations, threads, backend } = flags;
  return {
    seed,
    backend: backend as BackendName | 'auto', // an unknown one is the library's to refuse
    ...(replicates !== undefined && { replicates }),
    ...(level !== undefined && { level }),
    ...(restarts !== undefined && { restarts }),
    ...(missing && { missing }),
    ...(tolerance !== undefined && { tolerance }),
    ...(maxIterations !== undefined && { maxIterations }),
    ...(threads !== undefined && { threads }),
  };
}
