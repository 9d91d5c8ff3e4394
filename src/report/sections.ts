import { draw, type Size } from './draw.js';
import { choiceSpec, comparable, isCovarianceType, kindKey, kindsOf } from './choice.js';
import { gains, gainSpec, objectiveSpec } from './convergence.js';
import { everything } from './everything.js';
import { grid, plot } from './figure.js';
import { html, type Markup, trusted } from './markup.js';
import { countSpec } from './counts.js';
import { marginalSpec } from './marginal.js';
import type { Criterion, ReportInput, Selection } from './input.js';
import { count, counted, percent, significant } from './numbers.js';
import { PAGE_THEME } from './palette.js';
import { parameterTables } from './parameters.js';
import { profiles } from './profile.js';
import * as prose from './prose.js';
import { scatterSpec } from './scatter.js';
import { chip, choiceTable, columnsNote, componentsTable, noiseChip, restartsTable } from './tables.js';
import type { Dimension, View } from './view.js';

const CRITERIA = ['bic', 'aic', 'icl'] as const satisfies readonly Criterion[];
const MOST_LEGEND = 12;
const theme = PAGE_THEME;

/** The sample, dimension against dimension. */
export async function scatterSection(view: View, n: number): Promise<Markup> {
  const { dimensions, input, order } = view;
  const label = `Scatter plots of ${prose.columnsPhrase(dimensions.map((d) => d.name))} with the components’ ellipses at one and two standard deviations.`;
  const drawn = (name: string, size: Size): Promise<string> =>
    draw(scatterSpec(view, theme, size), { name, label, theme });
  const [wide, narrow] = await Promise.all([
    drawn('scatter', scatterSize(dimensions.length)),
    dimensions.length === 2 ? drawn('scatter-narrow', { width: 264, height: 250 }) : undefined,
  ]);
  const entries = order.map((c) => html`<li>${chip(view, c)} ${percent(input.weights[c])}</li>`);
  const { noise } = input;
  const all = noise ? [...entries, html`<li>${noiseChip} ${percent(noise.weight)}</li>`] : entries;
  const legend = html`<ul class="legend" aria-label="Components and weights">
    ${all}
  </ul>`;
  return section(
    'Data and components',
    prose.scatterCaption(view, n),
    html`<div class="${dimensions.length > 2 ? 'matrix' : ''}">
      ${all.length > 1 && input.k <= MOST_LEGEND ? legend : undefined} ${plot('Scatter plots', wide, narrow)}
    </div>`,
  );
}

function scatterSize(dimensions: number): Size {
  if (dimensions === 2) return { width: 880, height: 560 };
  return dimensions === 3 ? { width: 440, height: 330 } : { width: 288, height: 240 };
}

export function componentsSection(view: View, input: ReportInput): Markup {
  const order = input.k > 1 ? 'Heaviest first, numbered as predict answers them. ' : '';
  const heading = input.k > 1 ? 'Components' : 'The component';
  if (view.components.marginals) {
    const note = view.numbers.length > 0 ? prose.STRIPS : '';
    return section(heading, order + note, html`${parameterTables(view)}${everything(view, input)}`);
  }
  const note = `${order}Each column holds mean ± standard deviation; the strip below places both on the range all components span.`;
  return section(heading, note + columnsNote(input), html`${componentsTable(view)}${everything(view, input)}`);
}

/** Shares of levels by component. */
export function levelsSection(view: View, n: number): Markup | undefined {
  if (view.levels.length === 0) return undefined;
  return section('Levels', prose.profileNote(view, n), profiles(view));
}

/** A histogram with the fitted density for every dimension drawn. */
export async function marginalsSection(view: View, n: number): Promise<Markup | undefined> {
  const { numbers: dimensions, input } = view;
  if (dimensions.length === 0) return undefined;
  const single = dimensions.length === 1;
  const sizes = single
    ? [
        { width: 940, height: 320 },
        { width: 300, height: 200 },
      ]
    : [{ width: 456, height: 220 }];
  const specs = dimensions.flatMap((dimension) => sizes.map((size) => specOf(view, dimension, size)));
  const drawings = await Promise.all(
    specs.map(({ spec, dimension }, i) => {
      const label = prose.marginalLabel(dimension);
      return draw(spec, { name: `marginal${i}`, label, theme });
    }),
  );
  const cut = dimensions.filter((dimension) => specs.find((one) => one.dimension === dimension)?.cut);
  const note = [
    `Bars: ${prose.rowsPhrase(input.sample, n)}${prose.presentPhrase(input, 'where there is a value')}. Dark line: ${prose.fittedPhrase(dimensions)} of the fitted model.`,
    input.k > 1 ? ' Coloured: each component times its weight.' : '',
    cut.length > 0
      ? ` Components narrower than the bars run off the top in ${prose.columnsPhrase(cut.map((d) => d.name))}.`
      : '',
    single || view.components.marginals ? prose.clipSentence(dimensions) : '',
    prose.pointSentence(view),
  ];
  const body = single ? plot('Histogram and density', drawings[0], drawings[1]) : grid(drawings, 400);
  return section(single ? 'Data and density' : 'Columns one by one', note.join(''), body);
}

function specOf(view: View, dimension: Dimension, size: Size): ReturnType<typeof marginalSpec> {
  const spec = dimension.marginal?.kind === 'count' ? countSpec : marginalSpec;
  return spec(view, dimension, theme, size);
}

/** The objective per iteration and its gains; a sentence where there is too little to draw. */
export async function convergenceSection({ objective, tolerance, logPrior }: ReportInput): Promise<Markup | undefined> {
  if (objective.length === 0) return undefined;
  const last = objective[objective.length - 1];
  const rises = gains(objective).filter((gain) => gain < 0).length;
  const falling = gains(objective).filter((gain) => gain > 0).length;
  const prior = logPrior === undefined ? '' : ', −log prior included';
  const summary = `The objective came to ${significant(last, 7)} nats per row${prior}.`;
  if (objective.length < 3 || falling < 2)
    return section('Convergence', `${summary} It took ${counted(objective.length, 'iteration')}, too few to draw.`);
  const size = { width: 412, height: 220 };
  const value = { name: 'objective', label: 'Objective after each iteration.', theme };
  const gain = { name: 'gain', label: 'Gain of each iteration, logarithmic.', theme };
  const drawings = await Promise.all([
    draw(objectiveSpec(objective, theme, size), value),
    draw(gainSpec(objective, tolerance ?? 0, theme, size), gain),
  ]);
  const rose = rises > 0 ? ` In ${counted(rises, 'iteration')} it rose; those have no point among the gains.` : '';
  const stop = tolerance ? ' The fit stops once the gain is below the tolerance.' : '';
  return section(
    'Convergence',
    `${summary} First, its value; then, how much each iteration gained.${stop}${rose}`,
    grid(drawings, 400),
  );
}

/** The criteria over k for each kind of model compared. */
export async function choiceSection(selection: Selection): Promise<Markup> {
  const first = selection.criterion;
  const criteria = [first, ...CRITERIA.filter((c) => c !== first)].filter((c) => comparable(selection, c).length > 0);
  const size = { width: 248, height: 210 };
  const drawings = await Promise.all(
    criteria.map((c) => {
      const label = `${c} over the number of components, by covariance type.`;
      return draw(choiceSpec(selection, c, theme, size), { name: c, label, theme });
    }),
  );
  const kinds = kindsOf(selection);
  const legend = kinds.map((kind) => html`<li>${trusted(kindKey(selection, kind, theme))}${kind}</li>`);
  const body = html`<ul class="legend" aria-label="${kinds.every(isCovarianceType) ? 'Covariance types' : 'Families'}">
      ${legend}
    </ul>
    ${grid(drawings, 280)}
    <details>
      <summary>All ${count(selection.rows.length)} fits</summary>
      ${choiceTable(selection)}
    </details>`;
  return section(
    'Choice of model',
    `${prose.choiceSentence(selection)} Lower is better; the ring marks the choice.`,
    body,
  );
}

export function restartsSection({ restarts }: ReportInput): Markup | undefined {
  if (!restarts || restarts.length < 2) return undefined;
  const judged = restarts.some((row) => row.judged !== undefined);
  const rule = judged
    ? 'the objective once a weak prior has undone what collapsed on a few rows (“judged”)'
    : 'the objective';
  const kept = `${count(restarts.length)} starts; kept is the one with the lowest value of ${rule}.`;
  return section('Restarts', kept, restartsTable(restarts));
}

/** A part of the page under a heading. */
export function section(heading: string, note?: string, body?: Markup): Markup {
  const id = heading.toLowerCase().replace(/[^a-z]+/g, '-');
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${heading}</h2>
    ${note ? html`<p class="note">${note}</p>` : undefined}${body}
  </section>`;
}
