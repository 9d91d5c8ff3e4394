import { readText } from '#storage';
import { shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { scalingFor, type MixtureParts } from './evaluate.js';
import { families } from '../families/families.js';
import { damagedModel as damaged, isNumbers, misfit } from '../families/file.js';
import { sweptSpread, type Family, type Question } from '../families/family.js';
import { withNoise } from '../families/noise-family.js';
import { Mixture } from './mixture.js';
import type { ModelFile } from './model-json.js';

/** The versions that this package reads: it writes 1 of Gaussians, as it always has, and 2 of others. */
const VERSIONS: readonly unknown[] = [1, 2];

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
    const plain = families[file.family](file.options);
    requireOptions(file.options, plain, where);
    const own = adapted(plain, file, where);
    const noise = file.version === 1 ? undefined : file.noise;
    const size = { k: file.weights.length - (noise ? 1 : 0), d: file.columns.length };
    const family = noise ? withNoise(own, noise) : own;
    const components = family.fromFile(file.version === 1 ? { ...file } : file.components, size, where);
    const parts = { family, weights: Float64Array.from(file.weights), components };
    requireWithinReach(parts, where);
    return new Mixture(parts, namesOf(file), file.provenance);
  } catch (error) {
    if (error instanceof InputError && error.code !== 'format') throw damaged(where, error.message);
    if (error instanceof RangeError)
      throw damaged(where, `${families[file.family]().parameters.at(-1)} that are singular but for rounding`);
    throw error;
  }
}

function namesOf({ columns }: ModelFile): string[] {
  return columns.map((column) => (typeof column === 'string' ? column : column.name));
}

/** The family for the columns of the file, of which it may want to know the levels. */
function adapted(plain: Family, { columns }: ModelFile, where: string): Family {
  const family =
    plain.forColumns?.(columns.map((column) => (typeof column === 'string' ? column : column.name))) ?? plain;
  const { survey } = family;
  if (!survey) return family;
  const levels = columns.map((column) => (typeof column === 'string' ? [] : (column.levels ?? [])));
  const lacking = (question: Question | undefined, column: number): boolean =>
    question !== undefined && question.again === undefined && levels[column].length === 0;
  if (columns.some((_, column) => lacking(survey.question(column), column)))
    throw damaged(where, 'columns without levels');
  return survey.adapted(levels);
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
  const { logNormalizers, quadratic, linear } = family.pack(family.toShard(components, scaling));
  const { scale } = scaling;
  const distances = sweptSpread(family, components).means.map((mean, at) =>
    Math.fround(mean / scale[at % scale.length]),
  );
  const packed = [
    ...quadratic.flatMap(({ means, whitening }) => [means, whitening]),
    ...(linear ? [linear.natural] : []),
  ];
  if ([distances, logNormalizers, ...packed].every((values) => values.every(Number.isFinite))) return;
  throw damaged(where, `${family.parameters.join(' or ')} that float32 cannot hold`);
}

function checked(json: unknown, where: string): ModelFile {
  if (typeof json !== 'object' || json === null) throw damaged(where, 'JSON that is no object');
  const file = json as Partial<Record<keyof ModelFile | 'components' | 'noise', unknown>>;
  if (file.format !== 'otmix-mixture') throw damaged(where, `format ${given(file.format)}`);
  if (!VERSIONS.includes(file.version)) {
    throw new InputError('unsupported', {
      where,
      expected: 'a model file of version 1 or 2',
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
    columns.every(file.version === 1 ? isText : isColumn) &&
    (file.version === 1 || isRecord(file.components)) &&
    isRecord(options);
  if (!sound) throw misfit(where, families[file.family]().parameters);
  if (file.version === 2 && file.noise !== undefined && !(isNoise(file.noise, columns.length) && weights.length > 1)) {
    throw damaged(where, 'noise that is none, or none beside components');
  }
  if (weights.some((weight) => weight < 0) || Math.abs(weights.reduce((a, b) => a + b, 0) - 1) > 1e-6) {
    throw damaged(where, 'weights that are no proportions');
  }
  const names = namesOf(json as ModelFile);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw damaged(where, `two columns ${shown(twice)}`);
  if (provenance !== undefined && !isRecord(provenance)) throw damaged(where, 'provenance that is no object');
  return json as ModelFile;
}

function given(value: unknown): string {
  return value === undefined ? 'missing' : shown(value);
}

const isText = (value: unknown): boolean => typeof value === 'string';

/** Whether this is a column of version 2: a name, and levels that differ if there are any. */
function isColumn(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { name, levels = [] } = value as { readonly name?: unknown; readonly levels?: unknown };
  const sound = (level: unknown): boolean => typeof level === 'string' || Number.isFinite(level);
  return isText(name) && Array.isArray(levels) && levels.every(sound) && new Set(levels).size === levels.length;
}

/** Whether this is the noise of so many columns. */
function isNoise(value: unknown, d: number): boolean {
  if (!isRecord(value)) return false;
  const { logDensity, ranges } = value as { readonly logDensity?: unknown; readonly ranges?: unknown };
  const isRange = (one: unknown): boolean => isNumbers(one) && one.length === 2 && one[0] <= one[1];
  return Number.isFinite(logDensity) && Array.isArray(ranges) && ranges.length === d && ranges.every(isRange);
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
