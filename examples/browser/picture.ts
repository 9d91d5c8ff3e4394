import type { GivenStart } from 'otmix';
import { histogram } from '../../src/report/density.js';
import { svg } from './dom.js';
import { domainOf } from './domain.js';
import { drawEllipses } from './ellipses.js';
import { axesOf, clipOf, frameOf, type Frame } from './frame.js';
import { bumpsOf, densityDomain, drawBars, drawDensities } from './histogram.js';
import type { Domain } from './plane.js';
import { blank, drawPoints } from './points.js';
import type { Table } from './table.js';

/** What a picture leaves out. */
export interface Outside {
  /** Rows beyond the axes. */
  readonly rows: number;
  /** Components whose centres lie there. */
  readonly components: readonly number[];
}

/** Rows and the components of a mixture: points and ellipses on two columns, or a histogram and densities on one. */
export class Picture {
  private readonly canvas = document.createElement('canvas');
  private readonly overlay = svg('svg', { role: 'img' });
  private readonly axes = svg('g', { class: 'axis' });
  private readonly bars = svg('g', { 'clip-path': 'url(#within-axes)' });
  private readonly components = svg('g', { 'clip-path': 'url(#within-axes)' });
  private readonly clip = clipOf('within-axes');
  private rows: Table | undefined;
  private shown: readonly [number, number] = [0, 0];
  private domains: readonly [Domain, Domain] = [[0, 1], [0, 1]]; // prettier-ignore
  /** Rows beyond the axes. */
  private beyond = 0;
  private labels: Int32Array | undefined;
  private model: GivenStart | undefined;
  private frame: Frame | undefined;

  constructor(private readonly host: HTMLElement) {
    this.overlay.append(this.clip.defs, this.axes, this.bars, this.components);
    host.append(this.canvas, this.overlay);
    new ResizeObserver(() => this.draw()).observe(host);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
    this.clear();
  }

  /** Draws these rows on columns `[across, up]`: all of them, or where most are. The same column twice is a histogram. */
  show(rows: Table, columns: readonly [number, number], whole: boolean): void {
    this.rows = rows;
    this.shown = columns;
    const [i, j] = columns;
    const across = domainOf(rows.columns[i].values, whole);
    this.domains = [across, i === j ? across : domainOf(rows.columns[j].values, whole)];
    this.beyond = 0;
    for (let row = 0; row < rows.rows; row++)
      if (this.isBeyond((column) => rows.columns[column].values[row])) this.beyond++;
    this.draw();
  }

  /** Takes everything off. */
  clear(): void {
    this.rows = this.frame = this.labels = this.model = undefined;
    this.canvas.width = this.canvas.height = 0;
    for (const part of [this.axes, this.bars, this.components]) part.replaceChildren();
    this.describe();
  }

  /** Colours the points by component, −1 for none; or takes their colours away. */
  label(labels: Int32Array | undefined): void {
    this.labels = labels;
    this.draw();
  }

  /** Draws the components of a mixture, or none. */
  fitted(model: GivenStart | undefined): void {
    this.model = model;
    this.describe();
    const [i, j] = this.shown;
    if (i === j) this.drawHistogram();
    else if (this.frame) drawEllipses(this.components, model, this.shown, this.frame);
  }

  /** What lies beyond the axes. */
  outside(): Outside {
    const means = this.model?.means ?? [];
    return { rows: this.beyond, components: [...means.keys()].filter((k) => this.isBeyond((j) => means[k][j])) };
  }

  private isBeyond(valueIn: (column: number) => number): boolean {
    return this.shown.some((j, at) => valueIn(j) < this.domains[at][0] || valueIn(j) > this.domains[at][1]);
  }

  private draw(): void {
    this.components.replaceChildren();
    if (this.shown[0] === this.shown[1]) this.drawHistogram();
    else this.drawScatter();
  }

  private drawScatter(): void {
    const { rows, shown, domains, model } = this;
    const frame = rows && this.layOut(domains[1]);
    if (!frame) return;
    const [x, y] = shown.map((j) => rows.columns[j].values);
    this.bars.replaceChildren();
    drawPoints(this.canvas, frame, [x, y], this.labels);
    drawEllipses(this.components, model, shown, frame);
  }

  private drawHistogram(): void {
    const { rows, shown, domains, model } = this;
    if (!rows) return;
    const bars = histogram(Float64Array.from(rows.columns[shown[0]].values), domains[0]);
    const bumps = bumpsOf(model, shown[0]);
    const frame = this.layOut(densityDomain(bars, bumps));
    if (!frame) return;
    blank(this.canvas, frame.width, frame.height);
    this.bars.replaceChildren(drawBars(bars, frame));
    drawDensities(this.components, bumps, frame);
  }

  /** Draws the axes; nothing where there is no room. */
  private layOut(up: Domain): Frame | undefined {
    const { width, height } = this.host.getBoundingClientRect();
    if (width === 0) return undefined;
    this.frame = frameOf({ width, height }, this.domains[0], up);
    this.clip.fit(this.frame);
    this.axes.replaceChildren(...axesOf(this.frame));
    return this.frame;
  }

  private describe(): void {
    const { rows, model, shown } = this;
    const names = shown.map((j) => rows?.columns[j].name ?? '');
    const kind = shown[0] === shown[1] ? `Histogram of ${names[0]}` : `Rows on ${names[0]} and ${names[1]}`;
    const fitted = model ? `, with ${model.weights.length} components` : '';
    this.overlay.setAttribute('aria-label', rows ? kind + fitted : 'No data');
  }
}
