import type { Command } from 'commander';
import { version } from '../base/version.js';
import { printableJson } from '../base/printable.js';
import type { Mixture } from '../mixture/mixture.js';
import type { Matching } from '../mixture/distances/match.js';
import type { MixtureTransport } from '../mixture/distances/wasserstein.js';
import { InputError } from '../base/errors.js';
import { counted, nats, percent, significant } from '../report/numbers.js';
import { mixtureOf } from './input.js';
import { catchInterrupts } from './interruption.js';
import { loadLibrary } from './library.js';
import { positive } from './parsers.js';
import { progressView } from './progress.js';
import { print, write } from './standard-output.js';
import { textTable } from './table.js';

interface Flags {
  readonly epsilon?: number;
  readonly json?: true;
  readonly quiet?: true;
}

/** Two mixtures, what they are called, and what is between them. */
interface Comparison {
  readonly mixtures: readonly [Mixture, Mixture];
  readonly names: readonly [string, string];
  readonly transport: MixtureTransport;
  readonly matching: Matching;
}

const details = `
The distance is MW2: the least mean of squared distances between the components
that mass goes between (Delon & Desolneux 2020), its root, in the data's units.
Components are matched one to one, so that the sum of their squared distances is
the least. Criteria are those that the fits have left in the files, and say which
is better where both are of the same rows.

Examples:
  otmix compare before.json after.json
  otmix compare k3.json k4.json --json`;

/** `otmix compare A B`: how far two mixtures are apart, and which components belong together. */
export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('Say how far two saved models are apart, and match their components.')
    .argument('<a>', 'a model file, as otmix fit --out writes it; - is standard input')
    .argument('<b>', 'another, of the same columns')
    .option(
      '--epsilon <value>',
      'temperature of the transport between weights, in squared units of the data; default exact',
      positive('--epsilon'),
    )
    .option('--json', 'print one JSON object')
    .option('-q, --quiet', 'no progress on standard error')
    .addHelpText('after', details)
    .action(compare);
}

async function compare(a: string, b: string, { epsilon, json, quiet }: Flags): Promise<void> {
  const signal = catchInterrupts();
  if (a === '-' && b === '-') {
    const remedy = 'name a file for one of them';
    throw new InputError('option', { where: 'compare', expected: 'two models', got: '- for both', remedy });
  }
  const { mixtureWasserstein } = await loadLibrary();
  const { requireComparable } = await import('../mixture/distances/gaussians.js');
  const { matched } = await import('../mixture/distances/match.js');
  const [one, other] = [(await mixtureOf(a, signal)).mixture, (await mixtureOf(b, signal)).mixture];
  requireComparable(one, other, 'compare', [a, b]);
  const { show, stop } = await progressView(process.stderr, quiet);
  const onProgress = (done: number, all: number): void =>
    show({ phase: 'count', what: 'distances between components', done, all });
  try {
    const options = { signal, onProgress };
    const transport = await mixtureWasserstein(one, other, { ...options, ...(epsilon !== undefined && { epsilon }) });
    const matching = matched(Float64Array.from(transport.costs.flat()), one.k, other.k);
    stop();
    const found: Comparison = { mixtures: [one, other], names: [a, b], transport, matching };
    await (json ? write(`${printableJson(comparisonJson(found))}\n`) : print(told(found)));
  } finally {
    stop();
  }
}

function comparisonJson({ mixtures: [a, b], names, transport, matching }: Comparison): Record<string, unknown> {
  const model = (mixture: Mixture, name: string): Record<string, unknown> => ({
    name,
    k: mixture.k,
    ...mixture.family.options,
    parameters: mixture.parameters,
    weights: mixture.weights,
    ...(mixture.provenance?.criteria && { rows: mixture.provenance.rows, ...mixture.provenance.criteria }),
  });
  return { a: model(a, names[0]), b: model(b, names[1]), columns: a.columns, ...transport, ...matching, version };
}

function told({ mixtures, names: [a, b], transport, matching }: Comparison): string {
  const { distance, status } = transport;
  const unfinished = status === 'converged' ? '' : ` Transport between weights ended by ${status}: raise --epsilon.`;
  return [
    `MW2 from ${a} to ${b}: ${significant(distance, 6)}, in the data's units.${unfinished}\n`,
    pairsTable(mixtures, matching),
    criteriaTable(mixtures, [a, b]),
  ].join('\n');
}

/** Matched components, the farthest apart last, then those that none is left for. */
function pairsTable([a, b]: Comparison['mixtures'], { pairs, onlyA, onlyB }: Matching): string {
  const heads = ['a', 'b', 'distance', 'weight in a', 'weight in b'].map((head) => ({ head, right: true }));
  const matched = [...pairs]
    .sort((x, y) => x.distance - y.distance)
    .map((pair) => [
      String(pair.a),
      String(pair.b),
      significant(pair.distance, 4),
      percent(a.weights[pair.a]),
      percent(b.weights[pair.b]),
    ]);
  const alone = [
    ...onlyA.map((k) => [String(k), '–', '', percent(a.weights[k]), '']),
    ...onlyB.map((l) => ['–', String(l), '', '', percent(b.weights[l])]),
  ];
  return `${counted(pairs.length, 'pair')} of components:\n${textTable(heads, [...matched, ...alone])}`;
}

/** What the fits have left in the files, side by side. */
function criteriaTable(mixtures: Comparison['mixtures'], names: Comparison['names']): string {
  const criteria = mixtures.map(({ provenance }) => provenance?.criteria);
  const told = (read: (mixture: Mixture) => string): string[] => mixtures.map(read);
  const rows = [
    ['components', ...told(({ k }) => String(k))],
    ['covariance', ...told(({ family }) => family.options.covariance)],
    ['parameters', ...told(({ parameters }) => String(parameters))],
    ['rows', ...told(({ provenance }) => String(provenance?.rows ?? '–'))],
    ...(['logLikelihood', 'bic', 'aic', 'icl'] as const).map((name) => [
      name === 'logLikelihood' ? 'log-likelihood' : name,
      ...criteria.map((one) => (one ? nats(one[name]) : '–')),
    ]),
  ];
  const table = textTable([{ head: '' }, ...names.map((head) => ({ head, right: true }))], rows);
  return `${table}${comparable(mixtures) ? '' : 'The fits were of other rows: their criteria do not compare.\n'}`;
}

function comparable([{ provenance: a }, { provenance: b }]: Comparison['mixtures']): boolean {
  return a?.rows === b?.rows && a?.source === b?.source;
}
