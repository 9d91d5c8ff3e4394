/** The options by which a checkpoint knows its fit. */
import { isList, shown } from '../base/check.js';
import { digestOf } from '../base/digest.js';
import { plainText } from '../base/plain.js';
import { version } from '../base/version.js';
import type { ClusterOptions } from '../cluster/options.js';
import type { Family } from '../families/family.js';
import type { FitSettings } from './options.js';
import { optionsOf } from './provenance.js';

/** Those of one fit, as a checkpoint has them. */
export function optionsOfFit(settings: FitSettings): Record<string, string> {
  const { components, family } = settings;
  return { components: String(components), family: familyText(family), ...decidingOptions(settings) };
}

/** Options that decide the result of fits to the same rows, by name, in words; those of the models apart. */
export function decidingOptions(settings: FitSettings): Record<string, string> {
  const { seeding, family, noise, cluster } = settings;
  const { components: _k, ...options } = optionsOf(settings);
  const own = Object.entries(options).filter(([name]) => !(name in family.options));
  const start = typeof seeding === 'string' ? {} : { start: digestOf(plainText(listed(seeding))) };
  const told = Object.fromEntries(own.map(([name, value]) => [name, textOf(value)]));
  return { otmix: version, ...told, ...start, noise: textOf(noise), ...(cluster && { cluster: unitsText(cluster) }) };
}

/** What of a cluster decides last bits: which rows are summed by themselves. */
function unitsText({ unitRows }: ClusterOptions): string {
  return unitRows === undefined ? 'by units of files' : `by units of ${unitRows} rows`;
}

/** A family in words. */
export function familyText({ name, options }: Family): string {
  return [name, ...Object.entries(options).map(([option, value]) => `${option} ${value}`)].join(' ');
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : shown(value);
}

/** The same with arrays instead of whatever lists callers have. */
function listed(value: unknown): unknown {
  if (isList(value)) return Array.from(value, listed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, listed(entry)]));
}
