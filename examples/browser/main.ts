/** The page: data, a fit that is drawn while it runs, and its end. */
import { GpuError, InputError, type Fit, type Progress } from 'otmix';
import { Curve } from './curve.js';
import { byId } from './dom.js';
import { fitLive, speedOf, type Step } from './live.js';
import { Scatter } from './scatter.js';
import * as settings from './settings.js';
import { sampleOf, sourceOf, TableError, type Table } from './table.js';
import { loadTable } from './tables.js';
import * as words from './words.js';

/** Points drawn at the most. */
const POINTS = 20_000;
/** Milliseconds that a replay shows an iteration for. */
const REPLAY = 80;

type State = 'empty' | 'loading' | 'ready' | 'fitting' | 'failed' | Fit['status'];

const scatter = new Scatter(byId('scatter', HTMLElement));
const curve = new Curve(byId('curve', HTMLElement));
const form = byId('settings', HTMLFormElement);
const slider = byId('iteration', HTMLInputElement);
const replay = byId('replay', HTMLButtonElement);

/** All columns there are, those to be fitted, and a sample of their rows to draw. */
let table: Table | undefined;
let fitted: Table | undefined;
let sample: Table | undefined;
/** The fit that runs or ran. */
let steps: Step[] = [];
let frame = 0;
/** Ends what goes on. */
let work = new AbortController();

function enter(state: State, text: string): void {
  document.body.dataset.state = state;
  say(text);
  const busy = state === 'loading' || state === 'fitting';
  byId('inputs', HTMLFieldSetElement).disabled = state === 'fitting';
  byId('start', HTMLButtonElement).disabled = busy || fitted === undefined;
  byId('cancel', HTMLButtonElement).disabled = !busy;
  slider.disabled = replay.disabled = state === 'fitting' || steps.length === 0;
}

function say(text: string): void {
  byId('status', HTMLElement).textContent = text;
}

function fail(error: unknown): void {
  const expected = [InputError, GpuError, TableError].some((kind) => error instanceof kind);
  if (!expected) console.error(error);
  enter('failed', error instanceof Error ? error.message : String(error));
}

/** Makes or reads the data that the form asks for. */
async function load(): Promise<void> {
  work.abort();
  const { signal } = (work = new AbortController());
  table = fitted = undefined;
  forget();
  settings.fromFile();
  if (!form.reportValidity()) {
    enter('empty', 'Correct the data’s settings.');
    return;
  }
  const request = settings.tableRequest();
  if (!request) {
    enter('empty', 'Choose a CSV file.');
    return;
  }
  enter('loading', request.kind === 'csv' ? `Reading ${request.file.name}` : 'Drawing rows');
  try {
    const show = (share: number): void => say(`Drawing rows: ${Math.round(100 * share)} %`);
    table = await loadTable(request, signal, show);
    settings.offerColumns(table);
    choose();
  } catch (error) {
    if (!signal.aborted) fail(error);
    else if (work.signal === signal) enter('empty', 'Cancelled: there are no data.');
  }
}

/** Takes the columns that are to be fitted. */
function choose(): void {
  forget();
  const chosen = table && settings.chosenColumns(table);
  fitted = chosen?.columns.length ? chosen : undefined;
  if (!fitted) {
    enter('empty', 'Choose a column.');
    return;
  }
  settings.offerAxes(fitted);
  sample = sampleOf(fitted, POINTS);
  byId('caption', HTMLElement).textContent = words.ofCaption(sample.rows, fitted.rows);
  drawRows();
  enter('ready', words.ofTable(fitted));
}

function drawRows(): void {
  if (sample) scatter.show(sample, settings.drawnColumns());
}

/** Takes the last fit off the page. */
function forget(): void {
  steps = [];
  for (const id of ['count', 'objective', 'speed', 'ran']) byId(id, HTMLElement).textContent = '–';
  scatter.fitted(undefined);
  scatter.label(undefined);
  curve.show([], 0);
}

/** Draws the mixture after an iteration, from 1. */
function showStep(iteration: number): void {
  const step = steps[iteration - 1];
  if (!step) return;
  slider.max = String(steps.length);
  slider.value = String(iteration);
  scatter.fitted(step.model());
  curve.show(steps, iteration);
  byId('count', HTMLElement).textContent = String(iteration);
  byId('objective', HTMLElement).textContent = words.nats(step.objective);
}

/** Fits, and draws the latest iteration in each frame. */
async function fit(): Promise<void> {
  if (!fitted || !sample) return;
  const { signal } = (work = new AbortController());
  const rows = sample;
  forget();
  const own = steps;
  enter('fitting', 'Starting');
  const onPhase = (progress: Progress): void => say(words.ofProgress(progress));
  const onStep = (step: Step): void => {
    own.push(step);
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      showStep(steps.length);
      byId('speed', HTMLElement).textContent = words.shortly(step.speed);
    });
  };
  try {
    const done = await fitLive(fitted, settings.fitOptions(), { signal, onPhase, onStep });
    finish(done);
    const labels = await done.mixture.predict(sourceOf(rows), { backend: 'wasm', missing: 'drop' });
    if (steps === own) scatter.label(labels); // else there is another fit, or other data
  } catch (error) {
    if (signal.aborted) enter('aborted', 'Cancelled before the first iteration.');
    else fail(error);
  }
}

function finish(done: Fit): void {
  cancelAnimationFrame(frame);
  showStep(steps.length);
  byId('speed', HTMLElement).textContent = words.shortly(speedOf(done));
  const [name, rest] = words.ofPlace(done);
  byId('ran', HTMLElement).replaceChildren(name, Object.assign(document.createElement('small'), { textContent: rest }));
  enter(done.status, words.ofFit(done));
}

/** Shows the iterations of the last fit one after the other. */
function play(): void {
  const started = performance.now();
  const shown = steps;
  const advance = (): void => {
    if (steps !== shown) return; // there is another fit
    const iteration = Math.min(steps.length, 1 + Math.floor((performance.now() - started) / REPLAY));
    showStep(iteration);
    if (iteration < steps.length) frame = requestAnimationFrame(advance);
  };
  cancelAnimationFrame(frame);
  advance();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void fit();
});
byId('cancel', HTMLButtonElement).addEventListener('click', () => work.abort());
replay.addEventListener('click', play);
slider.addEventListener('input', () => {
  cancelAnimationFrame(frame);
  showStep(slider.valueAsNumber);
});
byId('columns', HTMLElement).addEventListener('change', choose);
for (const id of ['across', 'up']) byId(id, HTMLSelectElement).addEventListener('change', drawRows);
for (const id of ['rows', 'dimensions', 'clusters', 'cloud-seed', 'file']) {
  byId(id, HTMLElement).addEventListener('change', () => void load());
}
for (const tab of document.querySelectorAll('.tabs input')) tab.addEventListener('change', () => void load());
void load();
