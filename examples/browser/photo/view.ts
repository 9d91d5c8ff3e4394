import type { Fit } from 'otmix';
import { counted, fixed, percent } from '../../../src/report/numbers.js';
import { byId } from '../dom.js';
import { ofPlace } from '../words.js';
import type { Followed } from './follow.js';
import type { Picture } from './picture.js';

const picture = byId('picture', HTMLCanvasElement);
const segments = byId('segments', HTMLCanvasElement);

/** The pixels of what a picture shows now, so many across. */
export function frameOf({ image, size, name }: Picture, width: number): ImageData {
  const own = size();
  const height = Math.max(1, Math.round((width * own.height) / own.width));
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(`the browser gives no canvas to draw ${name} on`);
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

/** Draws a frame of a picture. */
export function showFrame({ name }: Picture, frame: ImageData): void {
  paint(picture, frame);
  byId('name', HTMLElement).textContent = `${name}, ${frame.width} × ${frame.height} pixels.`;
}

function paint(canvas: HTMLCanvasElement, pixels: ImageData): void {
  canvas.width = pixels.width;
  canvas.height = pixels.height;
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
}

/** Draws segments and says what came of a frame; `iterations` and `seconds` are those to tell. */
export function showSegments({ segments: found, fit }: Followed, told: { iterations: number; seconds: number }): void {
  const { pixels, parts, explained } = found;
  paint(segments, pixels);
  segments.setAttribute('aria-label', `Its segments: ${parts.length} colours`);
  byId('iterations', HTMLElement).textContent = String(told.iterations);
  byId('seconds', HTMLElement).textContent = fixed(told.seconds, 3);
  byId('explained', HTMLElement).textContent = percent(explained);
  const [place, rest] = ofPlace(fit);
  const small = Object.assign(document.createElement('small'), { textContent: rest });
  byId('ran', HTMLElement).replaceChildren(place, small);
  byId('shares', HTMLElement).replaceChildren(...parts.map(({ colour, share }) => shareOf(colour, share)));
}

function shareOf(colour: readonly number[], share: number): HTMLLIElement {
  const item = document.createElement('li');
  const swatch = document.createElement('i');
  swatch.style.background = `rgb(${colour.map(Math.round).join(' ')})`;
  item.append(swatch, percent(share));
  return item;
}

/** Takes picture and segments off the page. */
export function clear(): void {
  for (const canvas of [picture, segments]) canvas.width = canvas.height = 0;
  for (const id of ['iterations', 'seconds', 'explained', 'ran']) byId(id, HTMLElement).textContent = '–';
  byId('shares', HTMLElement).replaceChildren();
  byId('name', HTMLElement).textContent = 'No picture yet.';
}

/** How a fit to a photograph goes on, or how it ended. */
export function ofPhotograph(iterations: number, parts?: number, status?: Fit['status']): string {
  const after = counted(iterations, 'iteration');
  if (parts === undefined) return `Fitting: ${after}`;
  const ending = status === 'maxIterations' ? 'Stopped at the limit of' : 'Converged after';
  return `${ending} ${after}: ${counted(parts, 'segment')}.`;
}

export function ofCamera(framesPerSecond: number): string {
  return `Following the camera: ${fixed(framesPerSecond, framesPerSecond < 10 ? 1 : 0)} frames a second.`;
}
