import { readText } from '#storage';
import { InputError } from './errors.js';
import type { Components, Family } from './families/family.js';
import { gaussian } from './families/gaussian.js';
import { Mixture, type ModelFile } from './mixture.js';

/** The newest version of the format this package writes, and all it reads. */
const VERSION = 1;

/** Families by the name they have in model files. */
const families: Readonly<Record<string, (options: Readonly<Record<string, string>>) => Family>> = {
  gaussian: (options) => gaussian(options),
};

/**
 * Reads a mixture from a model file's path or from its JSON data. Throws `InputError`: 'file' where it can't be read,
 * 'format' where it is damaged or no model, 'unsupported' where its version is not known.
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
    const components = stored(file, family, where);
    return new Mixture({ family, weights: Float64Array.from(file.weights), components }, file.columns, file.provenance);
  } catch (error) {
    if (error instanceof InputError && error.code !== 'format') throw damaged(where, error.message);
    throw error;
  }
}

/** Components whose arrays have the family's layout; every one must be a valid distribution. */
function stored(file: ModelFile, family: Family, where: string): Components {
  const k = file.means.length;
  const d = file.columns.length;
  const components = { k, d, means: Float64Array.from(file.means.flat()), shape: Float64Array.from(file.covariances) };
  if (components.shape.length !== family.shapeSize(k, d)) {
    throw damaged(where, `${components.shape.length} covariance values where ${family.shapeSize(k, d)} belong`);
  }
  family.fromDense(family.toDense(components), where);
  return components;
}

function checked(json: unknown, where: string): ModelFile {
  if (typeof json !== 'object' || json === null) throw damaged(where, 'JSON that is no object');
  const file = json as Partial<Record<keyof ModelFile, unknown>>;
  if (file.format !== 'otmix-mixture') throw damaged(where, `format ${shown(file.format)}`);
  if (file.version !== VERSION) {
    throw new InputError('unsupported', {
      where,
      expected: `a model file of version ${VERSION}`,
      got: `version ${shown(file.version)}`,
      remedy: 'use the version of otmix that wrote it, or a newer one',
    });
  }
  if (typeof file.family !== 'string' || !Object.hasOwn(families, file.family)) {
    throw damaged(where, `family ${shown(file.family)}`);
  }
  const { weights, columns, means, covariances, options, provenance } = file;
  const sound =
    isNumbers(weights) &&
    isNumbers(covariances) &&
    Array.isArray(means) &&
    means.length === weights.length &&
    weights.length > 0 &&
    Array.isArray(columns) &&
    columns.length > 0 &&
    columns.every((name) => typeof name === 'string') &&
    means.every((mean) => isNumbers(mean) && mean.length === columns.length) &&
    typeof options === 'object' &&
    options !== null;
  if (!sound) throw damaged(where, 'weights, means, covariances or columns that are missing or do not fit together');
  if (weights.some((weight) => weight < 0) || Math.abs(weights.reduce((a, b) => a + b, 0) - 1) > 1e-6) {
    throw damaged(where, 'weights that are no proportions');
  }
  if (provenance !== undefined && !isRecord(provenance)) throw damaged(where, 'provenance that is no object');
  return json as ModelFile;
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumbers(values: unknown): values is number[] {
  return Array.isArray(values) && values.every((value) => typeof value === 'number' && Number.isFinite(value));
}

function damaged(where: string, got: string): InputError {
  return new InputError('format', {
    where,
    expected: 'a model file written by otmix',
    got,
    remedy: 'save the mixture again, or give the right file',
  });
}
