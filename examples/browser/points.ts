import { colourOf } from './colour.js';
import type { Frame } from './frame.js';
import { toPixels } from './plane.js';

const POINT = 1.5;

/** Draws rows as points within a frame, coloured by component where labels are given: −1 is none. */
export function drawPoints(
  canvas: HTMLCanvasElement,
  { width, height, across, up }: Frame,
  [x, y]: readonly [ArrayLike<number>, ArrayLike<number>],
  labels: Int32Array | undefined,
): void {
  const context = blank(canvas, width, height);
  if (!context) return;
  const style = getComputedStyle(canvas);
  const lightness = style.getPropertyValue('--lightness');
  const size = POINT + (x.length < 1000 ? 1.5 : 0);
  context.globalAlpha = Math.min(0.8, Math.max(0.25, 40 / Math.sqrt(x.length)));
  context.fillStyle = style.color;
  for (let row = 0; row < x.length; row++) {
    const [left, top] = [toPixels(across, x[row]), toPixels(up, y[row])];
    if (!(left >= across.pixels[0] && top <= up.pixels[0])) continue; // beside the axes
    if (labels) context.fillStyle = labels[row] < 0 ? style.color : colourOf(labels[row], lightness);
    context.fillRect(left - size / 2, top - size / 2, size, size);
  }
}

/** An empty canvas of so many pixels of CSS. */
export function blank(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  const context = canvas.getContext('2d');
  context?.scale(devicePixelRatio, devicePixelRatio);
  return context;
}
