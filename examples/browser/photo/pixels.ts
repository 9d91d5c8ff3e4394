/** From pictures to rows, and from labels to pictures. */

/** A picture's pixels as bytes of red, green, blue and opacity, `[height, width, 4]`. */
export type Pixels = Pick<ImageData, 'width' | 'height' | 'data'>;

/** Rows of a mixture: red, green, blue, across and down, from 0 to 1, places times their weight. */
export function rowsOf(
  { width, height, data }: Pixels,
  place: number,
): { data: Float32Array; shape: [number, number] } {
  const n = width * height;
  const d = place > 0 ? 5 : 3;
  const rows = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < 3; c++) rows[d * i + c] = data[4 * i + c] / 255;
    if (d === 3) continue;
    rows[d * i + 3] = (place * (i % width)) / width;
    rows[d * i + 4] = (place * Math.floor(i / width)) / height;
  }
  return { data: rows, shape: [n, d] };
}

/** The segments of a picture. */
export interface Segments {
  /** Each pixel in the mean colour of its segment. */
  readonly pixels: ImageData;
  /** Mean colour and share of the pixels of each segment that has any, largest first. */
  readonly parts: readonly { readonly colour: readonly number[]; readonly share: number }[];
  /** Share of the variance of colours that lies between segments. */
  readonly explained: number;
}

/** Paints each pixel in the mean colour of its label, `0 … k − 1`. */
export function segmentsOf({ width, height, data }: Pixels, labels: Int32Array, k: number): Segments {
  const counts = new Float64Array(k);
  const means = new Float64Array(3 * k);
  const whole = new Float64Array(3);
  labels.forEach((label, i) => {
    counts[label]++;
    for (let c = 0; c < 3; c++) {
      means[3 * label + c] += data[4 * i + c];
      whole[c] += data[4 * i + c] / labels.length;
    }
  });
  means.forEach((sum, at) => (means[at] = sum / counts[Math.floor(at / 3)]));
  const pixels = new ImageData(width, height);
  let [within, total] = [0, 0];
  labels.forEach((label, i) => {
    for (let c = 0; c < 3; c++) {
      const [value, mean] = [data[4 * i + c], means[3 * label + c]];
      pixels.data[4 * i + c] = mean;
      within += (value - mean) ** 2;
      total += (value - whole[c]) ** 2;
    }
    pixels.data[4 * i + 3] = 255;
  });
  const parts = Array.from(counts, (count, label) => ({
    colour: Array.from(means.subarray(3 * label, 3 * label + 3)),
    share: count / labels.length,
  }));
  const shown = parts.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
  return { pixels, parts: shown, explained: total > 0 ? 1 - within / total : 1 };
}
