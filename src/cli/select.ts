import type { Command } from 'commander';
import { covarianceForms } from '../../kernels/form.js';
import { counted } from '../report/numbers.js';
import type { BootstrapTests } from '../bootstrap/sequence.js';
import type { Source } from '../data/source.js';
import type { Criterion, Growth, Selection } from '../fit/select.js';
import { Remainder } from './failure.js';
import { familiesAsked, type FamilyFlags } from './families.js';
import * as flagged from './flags.js';
import { catchInterrupts } from './interruption.js';
import { selectionJson } from './json.js';
import { loadLibrary } from './library.js';
import { counts, integer, oneOf, someOf } from './parsers.js';
import { prepare } from './preparation.js';
import { selectionShare } from './narration.js';
import { progressView } from './progress.js';
import { selectionSummary } from './candidates.js';
import { testOptions, testSelection, testsJson, testsSummary, type TestFlags } from './selection-test.js';
import { terminalWidth } from './table.js';
import { missingOption } from './usage.js';

const growths = ['none', 'split'] as const satisfies readonly Growth[];
const criteria = ['bic', 'aic', 'icl'] as const satisfies readonly Criterion[];

interface Flags extends FamilyFlags, TestFlags, flagged.DataFlags, flagged.FitFlags, flagged.ResultFlags {
  readonly components?: number[];
  readonly criterion: Criterion;
  readonly growth: Growth;
}

const examples = `
Examples:
  otmix select data.csv -k 1:9
  otmix select data.csv -k 2,4,8 --covariance full,diag --criterion icl --restarts 5
  otmix select data.csv -k 1:5 --test --replicates 199
  otmix select data.csv -k 1:16:3 --out best.json --report choice.html
  otmix select visits.csv -k 1:5 --family poisson --family geometric`;

/** `otmix select SOURCE -k KS`: fits every number of components of every family, and picks the best. */
export function addSelect(program: Command): void {
  const command = program
    .command('select')
    .description('Choose the number of components and what they are like: fit all, compare bic, aic and icl.')
    .argument('[source]', 'the data, as otmix fit takes it')
    .optionsGroup('Model:')
    .option('-k, --components <ks>', 'numbers of components, as in 1:9, 2,4,8 or 1:16:3', counts('-k'))
    .option(flagged.familyFlag[0], `${flagged.familyFlag[1]}; several times to compare`, flagged.familyFlag[2])
    .option(
      '--covariance <types>',
      `what Gaussians may look like: some of ${covarianceForms.join(',')}; default all`,
      someOf('--covariance', covarianceForms),
    )
    .option(
      '--criterion <name>',
      `what the best has least of: ${criteria.join(', ')}`,
      oneOf('--criterion', criteria),
      'bic',
    )
    .option(
      '--growth <name>',
      `what k + 1 components begin from besides: ${growths.join(', ')}, the fit of k with one of them split`,
      oneOf('--growth', growths),
      'none',
    )
    .option('--test', 'then test k against k + 1 for the best kind, from the least k, until p > .05 (bootstrap)')
    .option('--replicates <n>', 'samples of each test; default 99', integer('--replicates', 2));
  flagged.addResultFlags(flagged.addDataFlags(flagged.addFitFlags(command)));
  command.addHelpText('after', examples).action(select);
}

async function select(spec: string | undefined, flags: Flags): Promise<void> {
  const signal = catchInterrupts();
  const options = flagged.fitOptions(flags);
  const { components, criterion, growth } = flags;
  if (!components) throw missingOption('select', '-k, the numbers of components to try', 'add -k 1:9');
  const testing = testOptions(flags, components, options);
  const asked = await familiesAsked(flags, covarianceForms);
  const prepared = await prepare(spec, flags, asked, signal);
  const { families } = prepared;
  const { selectMixture } = await loadLibrary();
  const view = await progressView(process.stderr, flags.quiet);
  const total = components.length * families.length;
  const share = selectionShare();
  const selection = await selectMixture(prepared.source, {
    ...options,
    components,
    families,
    criterion,
    growth,
    signal,
    onProgress: (activity) => view.show(activity, `fit ${activity.candidate} of ${total}`, share(activity)),
  }).finally(() => view.stop());
  const { best, failures } = selection;
  const { tests, failure } = await testedOf(selection, testing, prepared.source, { signal, view });
  await prepared.deliver(best.fit, {
    seconds: totalSeconds(selection),
    summary: (seconds) =>
      selectionSummary(selection, total, seconds.total, terminalWidth()) + (tests ? testsSummary(tests, best) : ''),
    json: (seconds) => ({ ...selectionJson(selection, seconds), ...(tests && { test: testsJson(tests) }) }),
    selection,
  });
  if (failures.length > 0) {
    throw new Remainder(failures[0].error, `${failures.length} of ${counted(total, 'model')} could not be fitted`);
  }
  if (failure !== undefined) throw new Remainder(failure, 'the models are fitted, but not tested');
}

/** Tests of a selection that was made to the end, if they are asked for, or why there are none. */
async function testedOf(
  { best, status }: Selection,
  testing: ReturnType<typeof testOptions>,
  source: Source,
  shown: Parameters<typeof testSelection>[3],
): Promise<{ readonly tests?: BootstrapTests; readonly failure?: unknown }> {
  if (!testing || status === 'aborted') return {};
  try {
    return { tests: await testSelection(source, best, testing, shown) };
  } catch (failure) {
    return shown.signal.aborted ? {} : { failure };
  } finally {
    shown.view.stop();
  }
}

/** Seconds by phase over all fits. */
function totalSeconds({ candidates }: Selection): Record<string, number> {
  const seconds: Record<string, number> = {};
  for (const { fit } of candidates) {
    for (const [phase, time] of Object.entries(fit.diagnostics.seconds)) seconds[phase] = (seconds[phase] ?? 0) + time;
  }
  return seconds;
}
