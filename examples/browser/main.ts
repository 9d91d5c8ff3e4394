/** The page: data, a fit that is drawn while it runs, and its end. */
import { GpuError, InputError, type Fit, type Progress } from 'otmix';
import { Announcer } from './announcer.js';
import { byId, enable, isEnabled, prefersStillness } from './dom.js';
import { markFaults } from './fields.js';
import { fitLive } from './live.js';
import * as settings from './settings.js';
import { sampleOf, sourceOf, TableError, wholeRows, type Table } from './table.js';
import { loadTable } from './tables.js';
import { View } from './view.js';
import * as words from './words.js';

/** Points drawn at the most. */
const POINTS = 20_000;

type State = 'empty' | 'loading' | 'ready' | 'fitting' | 'failed' | Fit['status'];

const start = byId('start', HTMLButtonElement);
const cancel = byId('cancel', HTMLButtonElement);
const announcer = new Announcer(byId('announced', HTMLElement));
const view = new View();

/** All columns there are, those to be fitted, and a sample of their rows to draw. */
let table: Table | undefined;
let fitted: Table | undefined;
let sample: Table | undefined;
/** Ends what goes on; that it is another says that there are other data, or another fit. */
let work = new AbortController();
/** Whether a fit was asked for while there were no data yet. */
let wanted = false;
/** Whether there are no data since a number of the cloud's settings is wrong. */
let faulty = false;

function enter(state: State, text: string): void {
  document.body.dataset.state = state;
  say(text);
  announcer.say(text);
  const busy = state === 'loading' || state === 'fitting';
  enable(start, state === 'loading' || (!busy && fitted !== undefined));
  enable(cancel, busy);
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
  wanted = false;
  view.clear();
  settings.offerColumns(undefined);
  settings.fromFile();
  const wrong = markFaults('cloud');
  faulty = wrong !== undefined;
  const request = wrong ? undefined : settings.tableRequest();
  if (!request) {
    enter('empty', wrong?.fault ?? 'Choose a CSV file.');
    return;
  }
  const doing = request.kind === 'csv' ? `Reading ${request.file.name}` : 'Drawing rows';
  enter('loading', doing);
  try {
    table = await loadTable(request, signal, (share) => say(`${doing}: ${Math.round(100 * share)} %`));
    settings.offerColumns(table);
    choose();
  } catch (error) {
    if (!signal.aborted) {
      fail(error);
      if (request.kind === 'csv' && error instanceof TableError) settings.sayOfReading([error.message]);
    } else if (work.signal === signal) enter('empty', 'Cancelled: there are no data.');
  }
}

/** Takes the columns that are to be fitted. */
function choose(): void {
  work.abort();
  work = new AbortController();
  const chosen = table && settings.chosenColumns(table);
  fitted = chosen?.columns.length ? chosen : undefined;
  if (!fitted) {
    view.clear();
    enter('empty', 'Choose a column.');
    return;
  }
  const whole = wholeRows(fitted);
  if (whole.length === 0) {
    fitted = undefined;
    view.clear();
    enter('empty', 'Every row lacks a value in one of the chosen columns: choose others.');
    return;
  }
  sample = sampleOf(fitted, whole, POINTS);
  view.showRows(sample, whole.length);
  enter('ready', words.ofTable(fitted, whole.length));
  if (wanted) void fit();
  wanted = false;
}

/** Fits, and shows each iteration. */
async function fit(): Promise<void> {
  if (!fitted || !sample) return;
  const { signal } = (work = new AbortController());
  const rows = sample;
  view.forget();
  enter('fitting', 'Starting');
  showView();
  let phase = '';
  const onPhase = (progress: Progress): void => {
    if (work.signal !== signal) return;
    say(words.ofProgress(progress));
    if (progress.phase !== phase) announcer.say(words.ofPhase(progress.phase));
    phase = progress.phase;
  };
  try {
    const done = await fitLive(fitted, settings.fitOptions(), {
      signal,
      onPhase,
      onStep: (step) => work.signal === signal && view.add(step),
    });
    if (work.signal !== signal) return;
    view.finish(done);
    enter(done.status, words.ofFit(done));
    const labels = await done.mixture.predict(sourceOf(rows), { backend: 'wasm' });
    if (work.signal === signal) view.label(labels);
  } catch (error) {
    if (work.signal !== signal) return;
    view.forget();
    if (signal.aborted) enter('aborted', 'Cancelled before the first iteration.');
    else fail(error);
  }
}

/** On a narrow page the picture lies below the settings: brings it into view. */
function showView(): void {
  if (!matchMedia('(max-width: 820px)').matches) return;
  byId('view', HTMLElement).scrollIntoView({ behavior: prefersStillness() ? 'instant' : 'smooth', block: 'start' });
}

/** What Fit and the Enter key ask for. */
function submit(): void {
  const wrong = markFaults('cloud') ?? markFaults('mixture');
  if (wrong) wrong.field.focus();
  else if (document.body.dataset.state === 'loading') wanted = true;
  else if (isEnabled(start)) void fit();
}

const form = byId('settings', HTMLFormElement);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
form.addEventListener('input', () => {
  markFaults('mixture');
  if (!markFaults('cloud') && faulty) void load(); // mended: not to wait until the field is left
});
cancel.addEventListener('click', () => work.abort());
byId('columns', HTMLElement).addEventListener('change', choose);
byId('cloud', HTMLElement).addEventListener('change', () => void load());
for (const id of ['file', 'header', 'decimal', 'thousands', 'na']) {
  byId(id, HTMLElement).addEventListener('change', () => void load());
}
for (const tab of document.querySelectorAll('.tabs input')) tab.addEventListener('change', () => void load());
void load();
