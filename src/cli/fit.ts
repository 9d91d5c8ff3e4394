import type { Command } from 'commander';
import { covarianceForms } from '../../kernels/form.js';
import { familiesAsked, type FamilyFlags } from './families.js';
import * as flagged from './flags.js';
import { catchInterrupts } from './interruption.js';
import { fitJson } from './json.js';
import { loadLibrary } from './library.js';
import { integer, invalid, oneOf } from './parsers.js';
import { sourceDescription } from './input.js';
import { prepare } from './preparation.js';
import { progressView } from './progress.js';
import { shellLine } from './shell.js';
import { fitSummary } from './summary.js';
import { terminalWidth } from './table.js';
import { missingOption } from './usage.js';

interface Flags extends FamilyFlags, flagged.DataFlags, flagged.FitFlags, flagged.ResultFlags {
  readonly components?: number;
}

const examples = `
Examples:
  otmix fit data.csv -k 3
  cat data.csv | otmix fit - -k 3
  otmix fit data.csv -k 3 --columns a,b --out model.json --report report.html
  otmix fit 'parts/*.parquet' -k 8 --covariance diag --restarts 5 --json
  otmix fit visits.csv -k 3 --family poisson
  otmix fit people.csv -k 4 --family 'gaussian:age+income,poisson:visits,categorical:*'
  otmix fit people.csv -k 4 --family auto
  otmix fit data.csv -k 3 --noise
  otmix fit data.csv -k 2 --marginal fixed --weights .2,.8
  otmix fit data.csv -k 2 --marginal relaxed --weights .2,.8 --rho 1
  otmix fit "SELECT delay, distance FROM 'flights.parquet' WHERE delay < 60" -k 4`;

/** `otmix fit SOURCE -k K`: fits a mixture. */
export function addFit(program: Command): void {
  const command = program
    .command('fit')
    .description('Fit a mixture to data: a file, a glob or an SQL query over files.')
    .argument('[source]', sourceDescription)
    .optionsGroup('Model:')
    .option('-k, --components <k>', 'number of components', integer('-k', 1))
    .option(...flagged.familyFlag)
    .option(
      '--covariance <type>',
      `what Gaussians may look like: ${covarianceForms.join(', ')}; default full`,
      oneOf('--covariance', covarianceForms),
    );
  flagged.addResultFlags(flagged.addDataFlags(flagged.addFitFlags(command)));
  command.addHelpText('after', examples).action(fit);
}

async function fit(spec: string | undefined, flags: Flags): Promise<void> {
  const signal = catchInterrupts();
  const options = flagged.fitOptions(flags);
  const components = requireComponents(spec, flags.components);
  requireOneFamily(flags.family);
  const prepared = await prepare(spec, flags, await familiesAsked(flags, ['full']), signal);
  const { fitMixture } = await loadLibrary();
  const { show: onProgress, stop } = await progressView(process.stderr, flags.quiet);
  const [family] = prepared.families;
  const found = await fitMixture(prepared.source, {
    ...options,
    family,
    components,
    signal,
    onProgress,
  }).finally(stop);
  await prepared.deliver(found, {
    seconds: found.diagnostics.seconds,
    summary: ({ total }) => fitSummary(found, total, terminalWidth()),
    json: (seconds) => fitJson(found, seconds),
  });
}

/** Throws `InputError('option')` for several models. */
function requireOneFamily(texts: readonly string[] = []): void {
  if (texts.length <= 1) return;
  throw invalid(
    '--family',
    'one of them',
    texts.join(' '),
    'put commas between families of columns, or compare models with otmix select',
  );
}

/** The number of components; throws `InputError('option')` where there is none. */
function requireComponents(spec = '-', components?: number): number {
  if (components !== undefined) return components;
  throw missingOption('fit', '-k, the number of components', `don't know it? otmix select ${shellLine([spec])} -k 1:9`);
}
