import type { Command } from 'commander';
import type { CovarianceForm } from '../../kernels/form.js';
import { counted, duration, nats } from '../report/numbers.js';
import type { Criterion, Selection } from '../select.js';
import * as flagged from './flags.js';
import { catchInterrupts } from './interruption.js';
import { selectionJson } from './json.js';
import { loadLibrary } from './library.js';
import { counts, oneOf, someOf } from './parsers.js';
import { placesLine, prepare } from './preparation.js';
import type { Activity } from './narration.js';
import { progressView } from './progress.js';
import { fitSummary } from './summary.js';
import { terminalWidth, textTable } from './table.js';

const criteria = ['bic', 'aic', 'icl'] as const satisfies readonly Criterion[];

interface Flags extends flagged.DataFlags, flagged.FitFlags, flagged.ResultFlags {
  readonly components: number[];
  readonly covariance: readonly CovarianceForm[];
  readonly criterion: Criterion;
}

const examples = `
Examples:
  otmix select data.csv -k 1:9
  otmix select data.csv -k 2,4,8 --covariance full,diag --criterion icl --restarts 5
  otmix select data.csv -k 1:16:3 --out best.json --report choice.html`;

/** `otmix select SOURCE -k KS`: fits every number of components and covariance type, and picks the best. */
export function addSelect(program: Command): void {
  const command = program
    .command('select')
    .description('Choose the number of components and the covariance type: fit all, compare bic, aic and icl.')
    .argument('<source>', 'the data, as otmix fit takes it')
    .optionsGroup('Model:')
    .requiredOption('-k, --components <ks>', 'numbers of components, as in 1:9, 2,4,8 or 1:16:3', counts('-k'))
    .option(
      '--covariance <types>',
      `all, or some of ${flagged.covarianceTypes.join(',')}`,
      someOf('--covariance', flagged.covarianceTypes),
      flagged.covarianceTypes,
    )
    .option(
      '--criterion <name>',
      `what the best has least of: ${criteria.join(', ')}`,
      oneOf('--criterion', criteria),
      'bic',
    );
  flagged.addResultFlags(flagged.addDataFlags(flagged.addFitFlags(command)));
  command.addHelpText('after', examples).action(select);
}

async function select(spec: string, flags: Flags): Promise<void> {
  const signal = catchInterrupts();
  const options = flagged.fitOptions(flags);
  const prepared = await prepare(spec, flags);
  const { selectMixture } = await loadLibrary();
  const { components, covariance: covariances, criterion } = flags;
  const view = await progressView(process.stderr, flags.quiet);
  const total = components.length * covariances.length;
  let done = 0;
  const selection = await selectMixture(prepared.source, {
    ...options,
    components,
    covariances,
    criterion,
    signal,
    onProgress: (activity: Activity) => view.show(activity, `fit ${done + 1} of ${total}`),
    onCandidate: (_candidate, tried) => (done = tried),
  }).finally(() => view.stop());
  const { best } = selection;
  const seconds = await prepared.deliver(best.fit, totalSeconds(selection), selection);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(selectionJson(selection, seconds))}\n`);
    return;
  }
  const summary = fitSummary(best.fit, best.fit.diagnostics.seconds.fit, terminalWidth());
  const heads = `Fitted ${counted(done, 'mixture')} in ${duration(seconds.total)}${total > done ? `, then interrupted; ${total - done} not fitted` : ''}.\n`;
  const parts = [heads, candidatesTable(selection), `The fit with the lowest ${criterion}:\n${summary}`];
  process.stdout.write(parts.join('\n') + placesLine(flags));
}

/** Every fit in the order tried, the best marked. */
function candidatesTable({ candidates, best, criterion }: Selection): string {
  const largest = Math.max(...candidates.map(({ fit }) => Math.abs(fit.criteria.bic)));
  const rows = candidates.map((candidate) => {
    const { k, covariance, fit } = candidate;
    const values = [...criteria.map((name) => fit.criteria[name]), fit.criteria.logLikelihood];
    const status = fit.ridged ? 'collapsed' : fit.status === 'maxIterations' ? 'not converged' : fit.status;
    const mark = candidate === best ? `<- lowest ${criterion}` : '';
    return [
      String(k),
      covariance,
      ...values.map((x) => nats(x, largest)),
      String(fit.mixture.parameters),
      status,
      mark,
    ];
  });
  const right = (head: string): { head: string; right: true } => ({ head, right: true });
  return textTable(
    [
      right('k'),
      { head: 'covariance' },
      ...criteria.map(right),
      right('log-likelihood'),
      right('parameters'),
      { head: 'status' },
      { head: '' },
    ],
    rows,
  );
}

/** Seconds by phase over all fits. */
function totalSeconds({ candidates }: Selection): Record<string, number> {
  const seconds: Record<string, number> = {};
  for (const { fit } of candidates) {
    for (const [phase, time] of Object.entries(fit.diagnostics.seconds)) seconds[phase] = (seconds[phase] ?? 0) + time;
  }
  return seconds;
}
