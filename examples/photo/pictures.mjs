/** Pictures: `pixels`, `[height, width, 3]`, red, green and blue from 0 to 1. */

/** A decoded picture, `[height, width, 4]` bytes, so wide, each pixel the mean of those that it covers. */
export function shrunk({ width, height, data }, wanted) {
  const scale = Math.max(1, width / wanted);
  const [w, h] = [width, height].map((size) => Math.floor(size / scale));
  const pixels = new Float32Array(3 * w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [from, to] = [0, 1].map((step) => [Math.floor((x + step) * scale), Math.floor((y + step) * scale)]);
      const count = (to[0] - from[0]) * (to[1] - from[1]) * 255;
      for (let row = from[1]; row < to[1]; row++) {
        for (let column = from[0]; column < to[0]; column++) {
          for (let c = 0; c < 3; c++) pixels[3 * (y * w + x) + c] += data[4 * (row * width + column) + c] / count;
        }
      }
    }
  }
  return { width: w, height: h, pixels };
}

/** The picture with each pixel in the mean colour of its segment. */
export function coloured({ width, height, pixels }, labels, k) {
  const sums = Array.from({ length: k }, () => [0, 0, 0, 0]);
  labels.forEach((label, i) => {
    for (let c = 0; c < 3; c++) sums[label][c] += pixels[3 * i + c];
    sums[label][3]++;
  });
  const painted = pixels.map((_, at) => {
    const own = sums[labels[Math.floor(at / 3)]];
    return own[at % 3] / own[3];
  });
  return { width, height, pixels: painted };
}

/** Pictures in rows of so many, a white gap between; each in a place as large as the largest. */
export function beside(pictures, columns, gap = 6) {
  const [w, h] = ['width', 'height'].map((size) => Math.max(...pictures.map((one) => one[size])));
  const lines = Math.ceil(pictures.length / columns);
  const width = columns * w + (columns - 1) * gap;
  const height = lines * h + (lines - 1) * gap;
  const pixels = new Float32Array(3 * width * height).fill(1);
  pictures.forEach((one, at) => {
    const [left, top] = [(at % columns) * (w + gap), Math.floor(at / columns) * (h + gap)];
    for (let y = 0; y < one.height; y++) {
      const row = one.pixels.subarray(3 * y * one.width, 3 * (y + 1) * one.width);
      pixels.set(row, 3 * ((top + y) * width + left));
    }
  });
  return { width, height, pixels };
}
