/** Scratch to see the bits of a number. */
const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);

/**
 * A digest of numbers and texts in their order, 64 bits: it tells changed data from the same, and is no match for whoever
 * means to deceive. Two lanes of the mixing of MurmurHash3 (Appleby 2011), the second with its halves changed about.
 */
export class Digest {
  private first = 0x9747b28c | 0;
  private second = 0x2f0b4c47;
  private length = 0;

  /** Adds the bits of a number; all NaN are alike. */
  add(value: number): void {
    number[0] = value === value ? value : NaN;
    this.mix(halves[0], halves[1]);
  }

  addText(text: string): void {
    for (let at = 0; at < text.length; at += 2) this.mix(text.charCodeAt(at), text.charCodeAt(at + 1) | 0);
    this.add(text.length);
  }

  /** The digest so far, 16 hexadecimal digits. */
  get text(): string {
    const hex = (lane: number): string => (finished(lane ^ this.length) >>> 0).toString(16).padStart(8, '0');
    return hex(this.first) + hex(this.second);
  }

  private mix(low: number, high: number): void {
    this.first = mixed(mixed(this.first, low), high);
    this.second = mixed(mixed(this.second, high), low);
    this.length = (this.length + 1) | 0;
  }
}

/** The digest of a text by itself. */
export function digestOf(text: string): string {
  const digest = new Digest();
  digest.addText(text);
  return digest.text;
}

function mixed(lane: number, word: number): number {
  const spread = Math.imul(word, 0xcc9e2d51);
  const turned = lane ^ Math.imul((spread << 15) | (spread >>> 17), 0x1b873593);
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64) | 0;
}

function finished(lane: number): number {
  const once = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
