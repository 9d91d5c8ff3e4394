/** The example of photographs, run as a reader runs it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../unpack.js';

const folder = mkdtempSync(join(tmpdir(), 'otmix-photo-'));
let printed: string;

beforeAll(async () => {
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  const script = join(root, 'examples/photo/photo.mjs');
  ({ stdout: printed } = await promisify(execFile)(process.execPath, [script, folder], { env }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Sizes and bytes of a PNG whose lines are less the pixel before, red, green and blue. */
function decoded(name: string): { width: number; height: number; at: (x: number, y: number) => string } {
  const file = readFileSync(join(folder, name));
  expect(file.subarray(1, 4).toString()).toBe('PNG');
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const length = file.readUInt32BE(33);
  expect(file.subarray(37, 41).toString()).toBe('IDAT');
  const lines = inflateSync(file.subarray(41, 41 + length));
  const stride = 1 + 3 * width;
  for (let y = 0; y < height; y++) {
    expect(lines[y * stride]).toBe(1);
    for (let i = 4; i < stride; i++) lines[y * stride + i] += lines[y * stride + i - 3];
  }
  const at = (x: number, y: number): string => lines.subarray(y * stride + 1 + 3 * x, y * stride + 4 + 3 * x).join(' ');
  return { width, height, at };
}

/** Different colours of a part of a picture. */
function colours({ at }: ReturnType<typeof decoded>, [left, top, width, height]: readonly number[]): number {
  const found = new Set<string>();
  for (let y = top; y < top + height; y++) for (let x = left; x < left + width; x++) found.add(at(x, y));
  return found.size;
}

test('segments explain more of the colours the more there are, and are drawn in as many colours', () => {
  const told = [...printed.matchAll(/k = (\d+): \d+ iterations, (\d+) segments, ([\d.]+) of the colours’ variance/g)];
  expect(told.map(([, k]) => Number(k))).toEqual([4, 8, 16]);
  const shares = told.map(([, , , share]) => Number(share));
  expect(shares[0]).toBeGreaterThan(0.6);
  expect(shares[1]).toBeGreaterThan(shares[0]);
  expect(shares[2]).toBeGreaterThan(shares[1]);
  const picture = decoded('segments.png');
  const [w, h] = [(picture.width - 6) / 2, (picture.height - 6) / 2];
  expect(colours(picture, [0, 0, w, h])).toBeGreaterThan(100);
  const places = [[w + 6, 0], [0, h + 6], [w + 6, h + 6]]; // prettier-ignore
  places.forEach(([left, top], at) => {
    const drawn = colours(picture, [left, top, w, h]);
    expect(drawn).toBeLessThanOrEqual(Number(told[at][2]));
    expect(drawn).toBeGreaterThan(2);
  });
});

test('colours that were moved are nearer to those of the other photograph, both ways', () => {
  const told = [...printed.matchAll(/colours of [^:]+: MW2 ([\d.]+) before, ([\d.]+) after/g)];
  expect(told).toHaveLength(2);
  for (const [, before, after] of told) expect(Number(after)).toBeLessThan(Number(before) / 2);
  const picture = decoded('colours.png');
  expect(colours(picture, [0, 0, picture.width, picture.height])).toBeGreaterThan(1000);
});
