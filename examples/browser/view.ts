import type { Fit, GivenStart } from 'otmix';
import { showComponents } from './components.js';
import { Curve } from './curve.js';
import { byId, enable, isEnabled, list, prefersStillness } from './dom.js';
import { download } from './download.js';
import { speedOf, type Step } from './live.js';
import { Picture } from './picture.js';
import { Playback, STILL } from './playback.js';
import { drawnColumns, offerAxes } from './settings.js';
import type { Table } from './table.js';
import * as words from './words.js';

/** Cells of the table that are written anew in each frame at the most. */
const LIVE_CELLS = 1000;

/** What is seen of rows and fit: picture, numbers, course. */
export class View {
  private readonly picture = new Picture(byId('picture', HTMLElement));
  private readonly curve = new Curve(byId('curve', HTMLElement));
  private readonly playback = new Playback((iteration) => this.showStep(iteration));
  private readonly keep = byId('download', HTMLButtonElement);
  private readonly whole = byId('whole', HTMLInputElement);
  /** The rows that are drawn, and of how many. */
  private sample: Table | undefined;
  private rows = 0;
  private steps: Step[] = [];
  private fit: Fit | undefined;
  private due = false;

  constructor() {
    for (const id of ['across', 'up', 'whole']) byId(id, HTMLElement).addEventListener('change', () => this.drawRows());
    this.keep.addEventListener('click', () => {
      if (this.fit && isEnabled(this.keep)) download('model.json', words.ofModel(this.fit.mixture));
    });
  }

  /** Takes rows and fit off the page. */
  clear(): void {
    this.forget();
    this.sample = undefined;
    this.picture.clear();
    byId('axes', HTMLElement).hidden = true;
    byId('caption', HTMLElement).textContent = 'No data.';
  }

  /** Draws these rows, a sample of so many. */
  showRows(sample: Table, rows: number): void {
    this.forget();
    this.sample = sample;
    this.rows = rows;
    this.whole.checked = false;
    offerAxes(sample);
    byId('axes', HTMLElement).hidden = false;
    this.drawRows();
  }

  /** Takes the last fit off the page. */
  forget(): void {
    this.playback.stop();
    this.steps = [];
    this.fit = undefined;
    for (const id of ['count', 'objective', 'speed', 'ran']) byId(id, HTMLElement).textContent = '–';
    for (const id of ['history', 'fitted']) byId(id, HTMLElement).hidden = true;
    list(byId('notes', HTMLElement), []);
    this.picture.fitted(undefined);
    this.picture.label(undefined);
    this.caption();
  }

  /** Takes an iteration, and draws the latest there is in the next frame. */
  add(step: Step): void {
    const { steps } = this;
    steps.push(step);
    if (this.due) return;
    this.due = true;
    const draw = (): void => {
      this.due = false;
      if (this.steps !== steps || this.fit) return; // there is another fit, or an end
      this.showStep(steps.length);
      byId('speed', HTMLElement).textContent = words.shortly(steps[steps.length - 1].speed);
    };
    if (prefersStillness()) setTimeout(draw, STILL);
    else requestAnimationFrame(draw);
  }

  /** Shows how a fit ended. */
  finish(fit: Fit): void {
    this.fit = fit;
    if (this.steps.length > 0) this.showStep(this.steps.length);
    else this.showModel(fit.mixture);
    byId('speed', HTMLElement).textContent = words.shortly(speedOf(fit));
    const [name, rest] = words.ofPlace(fit);
    const small = Object.assign(document.createElement('small'), { textContent: rest });
    byId('ran', HTMLElement).replaceChildren(name, small);
    list(byId('notes', HTMLElement), words.notesOf(fit));
  }

  /** Colours the rows that are drawn by component. */
  label(labels: Int32Array): void {
    this.picture.label(labels);
  }

  private drawRows(): void {
    if (!this.sample) return;
    this.picture.show(this.sample, drawnColumns(), this.whole.checked);
    byId('whole-axes', HTMLElement).hidden = !this.whole.checked && this.picture.outside().rows === 0;
    this.caption();
  }

  /** Shows the mixture after an iteration, from 1. */
  private showStep(iteration: number): void {
    const { steps, fit } = this;
    const step = steps[iteration - 1];
    if (!step) return;
    this.playback.at(iteration, steps.length);
    byId('history', HTMLElement).hidden = false;
    this.curve.show(steps, iteration);
    byId('count', HTMLElement).textContent = String(iteration);
    byId('objective', HTMLElement).textContent = words.nats(step.objective);
    this.showModel(fit && iteration === steps.length ? fit.mixture : step.model());
  }

  private showModel(model: GivenStart): void {
    const columns = this.sample?.columns.map(({ name }) => name) ?? [];
    this.picture.fitted(model);
    this.caption();
    enable(this.keep, this.fit !== undefined);
    if (!this.fit && model.weights.length * (columns.length + 2) > LIVE_CELLS) return;
    byId('fitted', HTMLElement).hidden = false;
    showComponents(model, columns);
  }

  private caption(): void {
    if (!this.sample) return;
    const histogram = drawnColumns()[0] === drawnColumns()[1];
    const drawn = { drawn: this.sample.rows, rows: this.rows, histogram, fitted: this.steps.length > 0 };
    byId('caption', HTMLElement).textContent = words.ofCaption(drawn, this.picture.outside());
  }
}
