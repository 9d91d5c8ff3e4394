import { readText } from '#storage';
import { shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { scalingFor, type MixtureParts } from './evaluate.js';
import { families } from '../families/families.js';
import { damagedModel as damaged, isNumbers, misfit } from '../families/file.js';
import type { Family } from '../families/family.js';
import { Mixture } from './mixture.js';
import type { ModelFile } from './model-json.js';

/** The newest version of the format this package writes, and all it reads. */
const VERSION = 1;

/**
 * Reads a mixture from a model file's path or from its JSON data. Throws `InputError`: 'file' where it can't be read,
 * 'format' where it is damaged or no model, 'unsupported' where its version is not known. Entries of other names than
 * {@link ModelFile} has are ignored.
 */
export async function loadMixture(model: string | URL | ModelFile): Promise<Mixture> {
  if (typeof model === 'string' || model instanceof URL) return parse(await readText(model), String(model));
  return fromJson(model, 'model');
}

function parse(text: string, where: string): Mixture {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw damaged(where, 'text that is not JSON');
  }
  return fromJson(json, where);
}

function fromJson(json: unknown, where: string): Mixture {
  const file = checked(json, where);
  try {
    const family = families[file.family](file.options);
    requireOptions(file.options, family, where);
    const size = { k: file.weights.length, d: file.columns.length };
    const components = family.fromFile({ ...file }, size, where);
    const parts = { family, weights: Float64Array.from(file.weights), components };
    requireWithinReach(parts, where);
    return new Mixture(parts, file.columns, file.provenance);
  } catch (error) {
    if (error instanceof InputError && error.code !== 'format') throw damaged(where, error.message);
    if (error instanceof RangeError)
      throw damaged(where, `${families[file.family]().parameters.at(-1)} that are singular but for rounding`);
    throw error;
  }
}

/** Throws unless the options are those that the family writes, each with its value. */
function requireOptions(options: Readonly<Record<string, unknown>>, family: Family, where: string): void {
  const own = Object.entries(family.options);
  const same = own.every(([name, value]) => Object.hasOwn(options, name) && options[name] === value);
  if (!same || Object.keys(options).length !== own.length) throw damaged(where, `options ${shown(options)}`);
}

/**
 * Throws where components, or their distance from 0, are beyond float32 in the coordinates that the mixture is
 * evaluated in. No fit ends there, and scores would be NaN.
 */
function requireWithinReach(parts: MixtureParts, where: string): void {
  const { family, components } = parts;
  const scaling = scalingFor(parts);
  const { logNormalizers, quadratic } = family.pack(family.toShard(components, scaling));
  const distances = family
    .spread(components)
    .means.map((mean, at) => Math.fround(mean / scaling.scale[at % components.d]));
  const packed = quadratic.flatMap(({ means, whitening }) => [means, whitening]);
  if ([distances, logNormalizers, ...packed].every((values) => values.every(Number.isFinite))) return;
  throw damaged(where, `${family.parameters.join(' or ')} that float32 cannot hold`);
}

function checked(json: unknown, where: string): ModelFile {
  if (typeof json !== 'object' || json === null) throw damaged(where, 'JSON that is no object');
  const file = json as Partial<Record<keyof ModelFile, unknown>>;
  if (file.format !== 'otmix-mixture') throw damaged(where, `format ${given(file.format)}`);
  if (file.version !== VERSION) {
    throw new InputError('unsupported', {
      where,
      expected: `a model file of version ${VERSION}`,
      got: `version ${given(file.version)}`,
      remedy: 'use the version of otmix that wrote it, or a newer one',
    });
  }
  if (typeof file.family !== 'string' || !Object.hasOwn(families, file.family)) {
    throw damaged(where, `family ${given(file.family)}`);
  }
  const { weights, columns, options, provenance } = file;
  const sound =
    isNumbers(weights) &&
    weights.length > 0 &&
    Array.isArray(columns) &&
    columns.length > 0 &&
    columns.every((name) => typeof name === 'string') &&
    isRecord(options);
  if (!sound) throw misfit(where, families[file.family]().parameters);
  if (weights.some((weight) => weight < 0) || Math.abs(weights.reduce((a, b) => a + b, 0) - 1) > 1e-6) {
    throw damaged(where, 'weights that are no proportions');
  }
  const twice = columns.find((name, at): name is string => columns.indexOf(name) < at);
  if (twice !== undefined) throw damaged(where, `two columns ${shown(twice)}`);
  if (provenance !== undefined && !isRecord(provenance)) throw damaged(where, 'provenance that is no object');
  return json as ModelFile;
}

function given(value: unknown): string {
  return value === undefined ? 'missing' : shown(value);
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
