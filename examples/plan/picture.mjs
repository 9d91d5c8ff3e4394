/** Draws transport plans between rows and components with Vega-Lite. */
import * as vega from 'vega';
import { compile } from 'vega-lite';

const ink = '#1d2329';
const muted = '#5c6670';
const colours = ['#3c6eb4', '#2f9d70', '#e07b2c'];
/** Shares of a row are drawn in so many grades, those under half a grade not at all: few paths, of many lines each. */
const GRADES = 12;

/**
 * SVG of one panel per fit: a line from every row to every component it sends mass to, as opaque as its share is
 * large; below, the mass that each component receives beside the one counted.
 * `panels[].shares` are P_ik / a_i `[n, k]`, `mass` and `counted` `[k]`.
 */
export async function drawPlans({ columns, rows, species, counted, panels }) {
  const hconcat = panels.map((panel, number) => {
    const left = number === 0;
    return {
      spacing: 14,
      vconcat: [planPanel(panel, rows, species, columns, left), massPanel(panel, species, counted, left)],
    };
  });
  const quiet = { grid: false, domain: false, tickColor: '#d9dbd8', labelColor: muted, titleColor: ink, tickCount: 5 };
  const config = {
    ...{ font: 'system-ui, sans-serif', aria: false, view: { stroke: '#d9dbd8' } },
    axis: { ...quiet, titleFontWeight: 500, titleFontSize: 12, labelFontSize: 11, titlePadding: 8 },
    title: { color: ink, subtitleColor: muted, anchor: 'start', frame: 'group', fontSize: 13, subtitleFontSize: 12 },
  };
  const spec = { background: '#ffffff', padding: 12, spacing: 30, hconcat, config };
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  // Tenths of a pixel will do, and nothing in a file listens to events.
  return svg
    .replace(/ (?:d|transform)="[^"]*"/g, (attribute) => attribute.replace(/-?\d+\.\d+(?:e-?\d+)?/g, tenths))
    .replace(/ (?:class|role|aria-roledescription|pointer-events)="[^"]*"/g, '');
}

/** Rows, the mass they send, and the components that receive it, as large as it is. */
function planPanel(panel, rows, species, columns, left) {
  const { kind, primal, right } = panel;
  const title = {
    text: kind === 'free' ? 'free: proportions are learnt' : 'fixed: proportions are those counted',
    // Vega takes text for wider than it is: short lines leave panels where they are.
    subtitle: [`F = ${primal.toFixed(5)} nats`, `${right} of ${rows.length} birds in their own species`],
  };
  const values = received(panel, species);
  const place = { x: axis('x', columns[0]), y: axis('y', left ? columns[1] : null, left) };
  const colour = { field: 'colour', type: 'nominal', scale: null };
  const area = { field: 'mass', type: 'quantitative', scale: { domain: [0, 1], range: [0, 2400] }, legend: null };
  const path = { type: 'line', order: false, strokeCap: 'round' };
  const layer = [
    {
      data: { values: lines(panel, rows) },
      mark: { ...path, strokeWidth: 0.8 },
      encoding: {
        ...place,
        detail: { field: 'path' },
        stroke: colour,
        strokeOpacity: { field: 'opacity', type: 'quantitative', scale: null },
      },
    },
    {
      data: { values: dots(panel, rows) },
      mark: { ...path, strokeWidth: 4.5 },
      encoding: { ...place, detail: { field: 'path' }, stroke: colour },
    },
    {
      data: { values },
      mark: { type: 'point', fill: '#ffffff', opacity: 1, strokeWidth: 3 },
      encoding: { ...place, stroke: colour, size: area },
    },
    {
      data: { values },
      mark: { type: 'text', fontSize: 12, fontWeight: 600, color: ink },
      encoding: { ...place, text: { field: 'initial' } },
    },
  ];
  return { width: 370, height: 330, title, layer };
}

/** The components: where they lie, and what mass they receive. */
function received({ means, mass }, species) {
  return species.map((name, k) => {
    const [x, y] = means[k];
    return { x, y, initial: name[0], mass: mass[k], colour: colours[k] };
  });
}

/** From every row to its components. */
function lines({ shares, means }, rows) {
  return shares.flatMap((row, i) =>
    row.flatMap((share, k) => {
      const grade = Math.round(share * GRADES);
      if (grade === 0) return [];
      const own = { path: `${k} ${grade}`, opacity: (0.6 * grade) / GRADES, colour: colours[k] };
      const [from, to] = [rows[i], means[k]].map(([x, y]) => ({ x, y, ...own }));
      return [from, to, { x: null, y: null, ...own }];
    }),
  );
}

/** Rows as strokes without length and with round caps, coloured by where they go. */
function dots({ shares }, rows) {
  return shares.flatMap((row, i) => {
    const own = { path: mixture(row), colour: mixture(row) };
    return [{ x: rows[i][0], y: rows[i][1], ...own }, { x: null, y: null, ...own }]; // prettier-ignore
  });
}

/** The colours of the components, mixed by shares, in grades. */
function mixture(shares) {
  const grades = shares.map((share) => Math.round(share * GRADES) / GRADES);
  const total = grades.reduce((sum, grade) => sum + grade, 0);
  const channel = (at) =>
    colours.reduce((sum, c, k) => sum + (grades[k] * parseInt(c.slice(at, at + 2), 16)) / total, 0);
  return `#${[1, 3, 5].map((at) => Math.round(channel(at)).toString(16).padStart(2, '0')).join('')}`;
}

/** Column masses as bars; the proportions counted as ticks across them. */
function massPanel({ mass }, species, counted, left) {
  const values = species.map((name, k) => ({ name, mass: mass[k], counted: counted[k], colour: colours[k] }));
  const y = { field: 'name', type: 'nominal', sort: null, axis: left ? { title: null, ticks: false } : null };
  const x = (field) => ({
    ...{ field, type: 'quantitative', scale: { domain: [0, 0.55] } },
    axis: { title: 'column mass; ticks: share counted', format: '.1f' },
  });
  const fill = { field: 'colour', type: 'nominal', scale: null };
  const bars = { mark: { type: 'bar', height: 10 }, encoding: { y, x: x('mass'), fill } };
  const ticks = {
    mark: { type: 'tick', thickness: 2, size: 16, color: ink, opacity: 1 },
    encoding: { y, x: x('counted') },
  };
  return { width: 370, height: 60, data: { values }, layer: [bars, ticks] };
}

function axis(field, title, labels = true) {
  return { field, type: 'quantitative', scale: { zero: false }, axis: { title, labels } };
}

function tenths(number) {
  return String(Math.round(Number(number) * 10) / 10);
}
