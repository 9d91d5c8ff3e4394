import type { Command } from 'commander';
import type { BackendName } from '../backend/backends.js';
import type { MissingPolicy } from '../data/blocks.js';
import type { SourceOptions } from '../data/files/open.js';
import { InputError } from '../base/errors.js';
import type { FitOptions } from '../fit/options.js';
import type { PriorChoice } from '../fit/prior.js';
import { seedingMethods, type SeedingMethod } from '../seeding/seeding.js';
import {
  accelerations,
  algorithms,
  marginals,
  missingPolicies,
  precisions,
  rowFormats,
  strategies,
  type Acceleration,
  type Algorithm,
  type PrecisionChoice,
  type Strategy,
} from '../fit/choices.js';
import type { RowFormat } from '../fit/row-format.js';
import { addCheckpointFlags, checkpointOptions, type CheckpointFlags } from './checkpoint-flags.js';
import { formats, type FormatName } from './sniff.js';
import { clusterFlag, clusterOptions, workersFlag, type ClusterFlags } from './cluster-flags.js';
import { isNoisy, marginalOf, noiseOf, type MarginalFlags, type NoiseFlags } from './marginal-flags.js';
import { addTextFlags, textOptions, type TextFlags } from './text-flags.js';
import { prior } from './prior-flag.js';
import { bytes, integer, names, number, numbers, oneName, oneOf, positive, temperature } from './parsers.js';

/** Families of columns, of which several may be given. */
export const familyFlag = [
  '--family <list>',
  "a family for all columns, such as poisson, or some: 'gaussian:a+b,poisson:c,categorical:*,ignore:id'; auto proposes them",
  (text: string, before: readonly string[] = []): readonly string[] => [...before, text],
] as const;

/** How to read what has no name that tells. */
export const formatFlag = [
  '--format <name>',
  `what standard input or a pipe is: ${Object.keys(formats).join(', ')}; default by its first bytes`,
  oneOf('--format', Object.keys(formats) as FormatName[]),
] as const;

/** What data to take. */
export interface DataFlags extends TextFlags {
  readonly format?: FormatName;
  readonly columns?: string[];
  readonly sampleWeight?: string;
  readonly every: number;
  readonly missing: MissingPolicy;
}

/** How to fit. */
export interface FitFlags extends CheckpointFlags, ClusterFlags, MarginalFlags, NoiseFlags {
  readonly epsilon: number | { from: number; steps: number };
  readonly prior: PriorChoice;
  readonly seeding: SeedingMethod;
  readonly strategy: Strategy;
  readonly acceleration: Acceleration;
  readonly precision: PrecisionChoice;
  readonly rows: RowFormat;
  readonly algorithm: Algorithm;
  readonly restarts: number;
  readonly seed: number;
  readonly tolerance: number;
  readonly maxIterations: number;
  readonly regularization?: number;
  readonly backend: string;
  readonly autotune: boolean;
  readonly threads?: number;
  readonly memory?: number;
  readonly spill?: string;
  readonly directSpill?: true;
}

/** Where results go. */
export interface ResultFlags {
  readonly out?: string;
  readonly report?: string;
  readonly dimensions?: string[];
  readonly json?: true;
  readonly quiet?: true;
}

export function addDataFlags(command: Command): Command {
  const data = command
    .optionsGroup('Data:')
    .option('--columns <names>', 'the columns to use, as in a,b; default all', names('--columns'))
    .option('--sample-weight <name>', 'the column of sample weights', oneName('--sample-weight'))
    .option(...formatFlag)
    .option('--every <m>', 'take rows 0, m, 2m, …', integer('--every', 1), 1)
    .option(
      '--missing <policy>',
      'rows with a missing value: error, drop, or model, to fit what they have',
      oneOf('--missing', missingPolicies),
      'error',
    );
  return addTextFlags(data);
}

export function addFitFlags(command: Command): Command {
  const fits = command
    .option('--noise', 'also fit noise: rows of no cluster, of constant density, labelled -1')
    .option(
      '--noise-density <p>',
      'that density; default one over the ranges of the columns',
      positive('--noise-density'),
    )
    .option('--marginal <kind>', 'component proportions: free, fixed, relaxed', oneOf('--marginal', marginals), 'free')
    .option('--weights <list>', 'the proportions of fixed and relaxed, as in .2,.8', numbers('--weights'))
    .option('--rho <r>', 'how strongly relaxed draws to them, nats', number('--rho'))
    .option('--epsilon <e>', 'temperature, or FROM:STEPS to anneal to 1, as in 1.5:5', temperature('--epsilon'), 1)
    .option('--prior <p>', 'none, default, or options of it, as in weights=2,rows=1', prior, 'none')
    .optionsGroup('Algorithm:')
    .option(
      '--seeding <method>',
      `where fits start: ${seedingMethods.join(', ')}`,
      oneOf('--seeding', seedingMethods),
      seedingMethods[0],
    )
    .option(
      '--strategy <name>',
      `from start to end: ${strategies.join(', ')}`,
      oneOf('--strategy', strategies),
      'plain',
    )
    .option(
      '--acceleration <name>',
      `fewer sweeps where EM is slow: ${accelerations.join(', ')}; auto is squarem in select and where strategies search, else none`,
      oneOf('--acceleration', accelerations),
      'auto',
    )
    .option(
      '--precision <name>',
      `how rows are swept: ${precisions.join(', ')}; auto goes over to float64 where float32 can't tell`,
      oneOf('--precision', precisions),
      'auto',
    )
    .option(
      '--algorithm <name>',
      `parameters after all rows, or after each block of them: ${algorithms.join(', ')}`,
      oneOf('--algorithm', algorithms),
      'em',
    )
    .option('--restarts <n>', 'number of starts, the best of which wins', integer('--restarts', 1), 1)
    .option('--seed <s>', 'seed of all randomness', integer('--seed'), 0)
    .option('--tolerance <t>', 'stop at a smaller gain per iteration, nats per row', number('--tolerance'), 1e-4)
    .option('--max-iterations <n>', 'iterations per start at the most', integer('--max-iterations', 0), 200)
    .option(
      '--regularization <r>',
      "added to variances, squared units; default 1e-9 of each column's variance, 1e-6 at most",
      number('--regularization'),
    );
  return addCheckpointFlags(addPlaceFlags(fits));
}

/** Where rows are held and swept. */
function addPlaceFlags(command: Command): Command {
  return command
    .option('--backend <name>', 'auto, webgpu, tensorflow, wasm or cpu; see otmix doctor', 'auto')
    .option('--threads <n>', 'threads of the CPU; default all', integer('--threads', 1))
    .option(
      '--memory <size>',
      'what rows may take of memory, as in 512MiB; default half of what is free; beyond, they lie in a file',
      bytes('--memory'),
    )
    .option('--spill <dir>', 'the folder of that file, which nothing is left in; default that for temporary files')
    .option(
      '--direct-spill',
      'write and read that file past the page cache, by O_DIRECT: for fast disks and short memory',
    )
    .option('--rows <format>', `how a GPU holds rows: ${rowFormats.join(', ')}`, oneOf('--rows', rowFormats), 'float32')
    .option('--no-autotune', 'keep a GPU from trying how it computes fastest')
    .option(...clusterFlag)
    .option(...workersFlag);
}

export function addResultFlags(command: Command): Command {
  return command
    .optionsGroup('Results:')
    .option('--out <file>', 'save the model, as JSON: .json')
    .option('--report <file>', 'write a report, one .html file that opens offline')
    .option('--dimensions <names>', 'the 1 to 4 columns that the report draws, as in a,b', names('--dimensions'))
    .option('--json', 'print one JSON object')
    .option('-q, --quiet', 'no progress on standard error');
}

export function sourceOptions(flags: DataFlags): SourceOptions {
  const { columns, sampleWeight, every } = flags;
  const weight = sampleWeight === undefined ? {} : { weight: sampleWeight };
  return { every, ...(columns && { columns }), ...weight, ...textOptions(flags) };
}

/** What flags ask of the library. */
export function fitOptions(flags: FitFlags & Pick<DataFlags, 'missing'>): Omit<FitOptions, 'components' | 'family'> {
  const { threads, memory, spill, directSpill, ...rest } = flags;
  return {
    marginal: marginalOf(rest, isNoisy(rest)),
    ...(isNoisy(rest) && { noise: noiseOf(rest) }),
    epsilon: rest.epsilon,
    prior: rest.prior,
    seeding: rest.seeding,
    strategy: rest.strategy,
    acceleration: rest.acceleration,
    precision: rest.precision,
    rows: rest.rows,
    algorithm: rest.algorithm,
    restarts: rest.restarts,
    seed: rest.seed,
    tolerance: rest.tolerance,
    maxIterations: rest.maxIterations,
    ...(rest.regularization !== undefined && { regularization: rest.regularization }),
    missing: rest.missing,
    ...(threads !== undefined && { threads }),
    ...(memory !== undefined && { memory }),
    ...(spill !== undefined && { spill }),
    ...(directSpill && { directSpill }),
    autotune: rest.autotune,
    ...checkpointOptions(rest),
    backend: rest.backend as BackendName | 'auto', // an unknown one is the library's to refuse
    ...clusterOptions(rest),
  };
}

/** Throws `InputError('option')` unless a report can draw these columns. */
export function requireDimensions({ dimensions, report }: ResultFlags, columns: readonly string[]): void {
  if (dimensions === undefined) return;
  const bad = dimensions.find((name, at) => !columns.includes(name) || dimensions.indexOf(name) < at);
  const sound = report !== undefined && bad === undefined && dimensions.length <= 4;
  if (sound) return;
  throw new InputError('option', {
    where: '--dimensions',
    expected: report === undefined ? '--report with it' : '1 to 4 different columns of the fit',
    got: report === undefined ? 'none' : JSON.stringify(bad ?? dimensions.join(',')),
    remedy: report === undefined ? 'add --report FILE' : `choose among ${columns.join(', ')}`,
  });
}
