/**
 * `otmix/report`: a fit as one HTML file, or as a picture.
 *
 * @module otmix/report
 */
import { draw, type Size } from './draw.js';
import type { PictureInput, ReportInput } from './input.js';
import { gapsSection } from './gaps.js';
import { page } from './page.js';
import { paperTheme } from './palette.js';
import { columnsPhrase } from './prose.js';
import { runSection } from './run.js';
import { scatterSpec } from './scatter.js';
import {
  choiceSection,
  componentsSection,
  convergenceSection,
  levelsSection,
  marginalsSection,
  restartsSection,
  scatterSection,
} from './sections.js';
import { checkPicture, checkReport } from './validate.js';
import { viewOf } from './view.js';

export type * from './input.js';
export type { Size } from './draw.js';

/**
 * Renders a fit as one HTML file that opens offline: inline styles and SVG, no script, nothing loaded.
 * @throws InputError `shape`, `value` or `option` where the input's parts disagree or are not finite
 */
export async function renderReport(given: ReportInput): Promise<string> {
  checkReport(given);
  const input = await withComponents(given);
  const view = viewOf(input, input.dimensions);
  const single = view.dimensions.length < 2;
  const [scatter, marginals, gaps, choice, convergence] = await Promise.all([
    single ? undefined : scatterSection(view, input.n),
    marginalsSection(view, input.n),
    gapsSection(view, input),
    input.selection && choiceSection(input.selection),
    convergenceSection(input),
  ]);
  const components = componentsSection(view, input);
  const alone = single && view.numbers.length === 1;
  const data = alone ? [marginals, components] : [scatter, components, marginals];
  const sections = [
    ...data,
    levelsSection(view, input.n),
    gaps,
    choice,
    convergence,
    restartsSection(input),
    runSection(input),
  ];
  return page(input, sections);
}

/** The same input with the components of its model, where they are no Gaussians by means and covariances. */
async function withComponents(input: ReportInput): Promise<ReportInput> {
  if (input.means || input.components || !input.model) return input;
  const { loadMixture } = await import('../mixture/model-file.js');
  const { components, levels } = await loadMixture(input.model);
  return { ...input, components, levels };
}

/**
 * Renders the scatter plots of a report alone, as an SVG file on white: the sample coloured by component, ellipses at
 * 1σ and 2σ, the means. `dimensions` are 2–4 column names, `size` that of one panel in pixels.
 * @throws InputError `shape`, `value` or `option` where the input's parts disagree or are not finite
 */
export async function renderPicture(
  input: PictureInput,
  dimensions: readonly string[],
  size: Size = { width: 640, height: 420 },
): Promise<string> {
  checkPicture(input, dimensions, 2);
  const theme = paperTheme(input.k);
  const view = viewOf(input, dimensions);
  const label = `Scatter plot of ${columnsPhrase(dimensions)} with the ellipses of ${input.k} components.`;
  const spec = { ...scatterSpec(view, theme, size), background: theme.paper };
  return draw(spec, { name: 'picture', label, theme });
}
