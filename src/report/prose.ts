import { isCovarianceType } from './choice.js';
import type { ReportInput, Sample, Selection } from './input.js';
import { listed } from '../base/errors.js';
import { count, counted, fixed, joined, percent, shortened, significant } from './numbers.js';
import { isOval, MOST_DOTS, MOST_ELLIPSES, MOST_NUMBERS } from './scatter.js';
import type { Dimension, View } from './view.js';

/** At most so many components stand in a profile. */
export const MOST_PROFILED = 10;

/** What the numbers of a report mean, a sentence or two each. */
export const GLOSSARY = [
  [
    'nats',
    'The unit of log-likelihoods: natural logarithms of densities. One nat more per row makes the rows e ≈ 2.7 times as likely on average. Totals are sums over rows.',
  ],
  [
    'bic',
    'Bayesian information criterion, −2 log-likelihood + p log n of p free parameters and n rows: how well the model fits, and the more rows there are, the more each parameter has to earn. Lower is better.',
  ],
  [
    'aic',
    'Akaike information criterion, −2 log-likelihood + 2 p: a parameter costs the same however many rows there are, so that larger models win more often. Lower is better.',
  ],
  [
    'icl',
    'Integrated completed likelihood, bic and a penalty for rows that could belong to several components: it prefers clusters that lie apart. Lower is better.',
  ],
] as const;

/** The columns fitted: their names where they are few. */
export function columnsPhrase(columns: readonly string[]): string {
  return columns.length > 4 ? `${count(columns.length)} columns` : joined(columns.map((name) => shortened(name)));
}

/** How the fit ended. */
export function endingPhrase({ status, iterations }: Pick<ReportInput, 'status' | 'iterations'>): string {
  const after = counted(iterations, 'iteration');
  switch (status) {
    case 'converged':
      return `Converged after ${after}`;
    case 'maxIterations':
      return `Stopped at the limit of ${after}, before it converged`;
    case 'precision':
      return `Stopped after ${after}, where float32 can’t tell whether the fit goes on`;
    case 'aborted':
      return `Aborted after ${after}: the best model so far`;
    default:
      return status satisfies never;
  }
}

/** What held the proportions, where something did. */
export function marginalPhrase({ marginal }: Pick<ReportInput, 'marginal'>): string | undefined {
  if (marginal === 'fixed') return 'The components’ proportions were prescribed.';
  if (marginal === 'relaxed') return 'The components’ proportions were drawn towards prescribed ones.';
  return undefined;
}

/** Caption of the scatter plots: what is drawn, and everything that is not. */
export function scatterCaption(view: View, n: number): string {
  const { k, sample, means, noise } = view.input;
  const coloured = k === 1 ? '' : ', coloured by the component they most likely belong to';
  const grey = noise ? ', grey where they most likely are noise' : '';
  const present = presentPhrase(view.input, 'where both columns have a value');
  const whose = k > 1 ? 'each component' : means ? 'the Gaussian' : 'the component';
  return [
    `${capitalized(rowsPhrase(sample, n, MOST_DOTS))}${coloured}${grey}${present}.`,
    ` ${view.dimensions.some(isOval) ? `Ellipses hold ${whose} at 1σ and 2σ; a` : 'A'} disc at its mean${k > MOST_NUMBERS ? '' : ' carries its number'}.`,
    logarithmSentence(view.dimensions),
    k > MOST_ELLIPSES ? ` Ellipses and means are drawn for the ${MOST_ELLIPSES} heaviest components.` : '',
    clipSentence(view.dimensions),
    absentSentence(view),
  ].join('');
}

function logarithmSentence(dimensions: readonly Dimension[]): string {
  const logs = dimensions.filter(({ marginal }) => marginal?.family === 'logNormal');
  return logs.length > 0
    ? ` They are ellipses of the logarithms in ${joined(logs.map((d) => shortened(d.name)))}.`
    : '';
}

/** What stands below the parameters of columns of numbers. */
export const STRIPS = 'The strips place mean ± standard deviation on the range all components span.';

/** What a drawing of one column shows. */
export function marginalLabel({ name, marginal }: Dimension): string {
  return marginal?.kind === 'count'
    ? `Shares of the whole numbers of ${shortened(name)}, with the probabilities of the fitted mixture.`
    : `Histogram of ${shortened(name)}, with the density of the fitted mixture.`;
}

/** What the dark line of such drawings is. */
export function fittedPhrase(dimensions: readonly Dimension[]): string {
  const counts = dimensions.filter(({ marginal }) => marginal?.kind === 'count').length;
  if (counts === 0) return 'the density';
  return counts === dimensions.length ? 'the probabilities' : 'the density, of whole numbers the probabilities,';
}

/** What profiles show. */
export function profileNote({ input, levels, order }: View, n: number): string {
  const shown = Math.min(order.length, MOST_PROFILED);
  const rest = order.length - shown;
  const rows = input.sample.labels.length > 0 ? ` “In the data”: of ${rowsPhrase(input.sample, n)}.` : '';
  const first = levels.length > 1 ? ' The columns along which the components differ most come first.' : '';
  const left = rest > 0 ? ` Left out: ${counted(rest, 'lighter component')}.` : '';
  return `The share of each level within each component; bars go from 0 to 100 %.${rows}${first}${left}`;
}

/** What a drawing of imputed beside observed values shows. */
export function gapLabel(name: string): string {
  return `Histogram of the observed values of ${shortened(name)}, and over it that of the imputed ones.`;
}

/** What stands over the columns with gaps; `whole`: how many columns have none. */
export function gapsNote(told: {
  readonly sample: Sample;
  readonly n: number;
  readonly whole: number;
  readonly drawn: boolean;
  readonly levelled: boolean;
}): string {
  const { sample, n, whole, drawn, levelled } = told;
  return [
    'The share of all rows that lack a value, and what the fitted model puts in its place.',
    whole > 0 ? ` ${capitalized(counted(whole, 'column'))} ${whole === 1 ? 'has' : 'have'} all values.` : '',
    ` Observed and imputed values are of ${rowsPhrase(sample, n)}.`,
    drawn ? ' An imputed number is the mean given what its row has, and so varies less than observed ones.' : '',
    levelled ? ' An imputed level is the likeliest, and so common ones come more often.' : '',
  ].join('');
}

/** Which rows a drawing shows of a sample that lacks values. */
export function presentPhrase({ gaps }: Pick<ReportInput, 'gaps'>, present: string): string {
  return gaps?.shares.some((share) => share > 0) ? `, ${present}` : '';
}

/**
 * The rows of a drawing, as the middle of a sentence: how many of the data's, and how they were chosen. `most` is the
 * number that the drawing itself takes of the sample.
 */
export function rowsPhrase({ labels, weights, random }: Sample, n: number, most = Infinity): string {
  const drawn = Math.min(labels.length, most);
  if (drawn >= n) return n === 1 ? 'the only row' : `all ${counted(n, 'row')}`;
  const share = `${count(drawn)} of ${counted(n, 'row')}`;
  if (!random && drawn === labels.length) return share;
  return weights ? `${share} drawn at random by their weights` : `${share} drawn at random`;
}

/** Components with their mean outside the axes of every panel. */
function absentSentence({ order, dimensions }: View): string {
  const outside = ({ domain, bumps }: Dimension, c: number): boolean =>
    bumps[c].mean < domain[0] || bumps[c].mean > domain[1];
  const absent = order.filter((c) => dimensions.filter((dimension) => !outside(dimension, c)).length < 2);
  return absent.length > 0
    ? ` Outside the picture: ${absent.length > 1 ? 'components' : 'component'} ${listed(absent)}.`
    : '';
}

/** Says which axes are cut, and how much of the sample that hides. */
export function clipSentence(dimensions: readonly Dimension[]): string {
  const cut = dimensions.filter((dimension) => dimension.outside > 0);
  if (cut.length === 0) return '';
  const phrases = cut.map(
    ({ name, clip, outside }) => `${shortened(name)} to ${range(clip)} (${counted(outside, 'row')} outside)`,
  );
  return ` Axes are cut so that a few far values don’t squash the picture: ${joined(phrases)}.`;
}

function range(clip: number): string {
  return `the sample’s ${fixed(100 * clip, clip < 0.01 ? 1 : 0)}–${fixed(100 - 100 * clip, clip < 0.01 ? 1 : 0)} % range`;
}

function kindPhrase(kind: string): string {
  return isCovarianceType(kind) ? `${kind} covariance` : kind;
}

/** Why the chosen fit was chosen, and how close the next one came. */
export function choiceSentence({ rows, chosen, criterion }: Selection): string {
  const best = rows[chosen];
  const others = rows.filter((row, i) => i !== chosen && Number.isFinite(row[criterion]));
  const next = others.sort((a, b) => a[criterion] - b[criterion]).at(0);
  const distance = next ? next[criterion] - best[criterion] : 0;
  const failed = rows.length - others.length - 1;
  return [
    `Of ${counted(rows.length, 'fit')}, k = ${best.k} with ${kindPhrase(best.covariance)} `,
    distance < 0 ? 'was chosen' : `has the lowest ${criterion}`,
    next && distance >= 0
      ? `; the next, k = ${next.k} ${next.covariance}, is ${significant(distance, 3)} above it`
      : '',
    failed > 0 ? `. ${counted(failed, 'fit')} failed.` : '.',
  ].join('');
}

/** Components whose marginal has no width along a drawn dimension, and therefore no curve. */
export function pointSentence(view: View): string {
  const points = view.order.filter((c) => view.dimensions.some(({ bumps }) => bumps[c].scale === 0));
  if (points.length === 0) return '';
  return ` Without spread, and so without a curve, in a column drawn: ${points.length > 1 ? 'components' : 'component'} ${listed(points)}.`;
}

/** The components left out of a table. */
export function restSentence(weights: readonly number[], shown: readonly number[]): string {
  const rest = weights.length - shown.length;
  const share = weights.reduce((sum, weight, c) => (shown.includes(c) ? sum : sum + weight), 0);
  return `and ${count(rest)} lighter ${rest === 1 ? 'component' : 'components'}, ${percent(share)} of the weight together`;
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
