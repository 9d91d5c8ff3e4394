/** Damaged model files: each loads as what it says, or is refused in one line; none that loads scores NaN. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import { gaussian } from '../../src/families/gaussian.js';
import { Mixture } from '../../src/mixture/mixture.js';
import type { GaussianModelFile } from '../../src/mixture/model-json.js';
import { loadMixture } from '../../src/mixture/model-file.js';
import { constrain, problem } from '../oracle/index.js';

const { truth } = problem('overlapping', { n: 50, d: 2, k: 3, seed: 5 });

const files = (['full', 'tied', 'diag', 'spherical'] as const).map((covariance): GaussianModelFile => {
  const family = gaussian({ covariance });
  const components = family.fromParameters(constrain(truth, covariance), 'parts');
  return new Mixture({ family, weights: Float64Array.from(truth.weights), components }, [
    'größe',
    'b',
  ]).toJSON() as GaussianModelFile;
});

/** The bytes of a file, some of them others, left out or doubled. */
const mutatedBytes = fc
  .tuple(
    fc.constantFrom(...files),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('replace', 'drop', 'double'), fc.nat(255)), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([file, changes]) =>
    changes.reduce(
      (bytes, [where, how, by]) => {
        const at = where % bytes.length;
        const middle = how === 'replace' ? [by] : how === 'drop' ? [] : [bytes[at], bytes[at]];
        return Buffer.concat([bytes.subarray(0, at), Buffer.from(middle), bytes.subarray(at + 1)]);
      },
      Buffer.from(JSON.stringify(file)),
    ),
  );

/** Numbers that files may hold, most of them extreme. */
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1, 1e39, -1e39, 1e154, 1e-154, 5e-324, 1.7e308, 1e-38),
);
const strange = fc.oneof(number, fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, true, '1', [], {}));

/** A file in which one entry, or an entry of one of its lists, is another. */
const mutatedField = fc
  .tuple(fc.constantFrom(...files), fc.constantFrom(...Object.keys(files[0])), fc.nat(), fc.nat(), strange, fc.nat(2))
  .map(([file, key, i, j, value, depth]) => {
    const copy = structuredClone(file) as unknown as Record<string, unknown>;
    const list = copy[key];
    if (depth === 0 || !Array.isArray(list)) copy[key] = value;
    else {
      const inner: unknown = list[i % list.length];
      if (depth === 1 || !Array.isArray(inner)) list[i % list.length] = value;
      else inner[j % inner.length] = value;
    }
    return Buffer.from(JSON.stringify(copy));
  });

let path = '';
beforeAll(async () => (path = join(await mkdtemp(join(tmpdir(), 'otmix-fuzz-')), 'model.json')));
afterAll(() => rm(dirname(path), { recursive: true }));

test('2,000 of them', async () => {
  let loaded = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(mutatedBytes, mutatedField), async (bytes) => {
      await writeFile(path, bytes);
      const found = await loadMixture(path).catch((error: unknown) => error);
      if (found instanceof Mixture) {
        loaded++;
        const { format, version, family, options, columns, weights, means, covariances } = JSON.parse(
          await readFile(path, 'utf8'),
        ) as GaussianModelFile;
        const { provenance: _, ...own } = found.toJSON();
        expect(own).toEqual({ format, version, family, options, columns, weights, means, covariances });
        const scores = await found.scoreSamples([[0, 0], found.means[0], [1e3, -1e6]], { backend: 'cpu' });
        expect(scores.some(Number.isNaN)).toBe(false);
        return;
      }
      expect(found).toBeInstanceOf(InputError);
      expect((found as InputError).message).not.toMatch(/[\n\r]/);
    }),
    { numRuns: 2000, seed: 5 },
  );
  expect(loaded).toBeGreaterThan(100);
});
