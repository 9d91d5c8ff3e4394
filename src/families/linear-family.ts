import type { Rule } from '../base/check.js';
import type { PackedModel, Floats } from '../sweep/model.js';
import { blockCoding } from './block-coding.js';
import type { ComponentArray, Components } from './components.js';
import type { EstimateOptions, Family, Sampler } from './family.js';
import { Numbers } from './sampling/numbers.js';
import * as own from './linear-components.js';
import { arraysOfFile, arraysOfParameters, nestedArrays, plainArrays } from './linear-file.js';
import { masksOf, withGaps } from './gaps.js';
import { meanStatistics } from './linear-means.js';
import { encode, framed, unheld } from './linear-held.js';
import { linearConjugates } from './linear-prior.js';
import { linearShape, packLinear, type Blocks, type Thetas } from './linear-term.js';
import type { Support } from './noise.js';
import { atDistances } from './seeding-metric.js';

/** What a family of exponential families is told by. */
export interface LinearFamilySpec {
  readonly name: string;
  readonly options?: Readonly<Record<string, string>>;
  /** What several components, and a single one, are. */
  readonly words: readonly [several: string, one: string];
  /** Distributions of d columns, one after the other. */
  readonly blocks: (d: number) => Blocks;
  /** How many statistics a column has; default 1. */
  readonly perColumn?: number;
  /** Whether values may be missing; default no. */
  readonly gaps?: boolean;
  /** What parameters must be, by name. */
  readonly rules: Readonly<Record<string, Rule>>;
  /** One number a component that is kept in model files alone, by name, and what it is where nobody says. */
  readonly hidden?: Readonly<Record<string, { readonly rule: Rule; readonly value: number }>>;
  /** What a start keeps of its clusters beside what all have in common: 1 where no parameter can stick at a bound; default 0.8. */
  readonly kept?: number;
  /** Of θ of a block, a function that draws its columns of a row into an array. */
  readonly draws: (theta: Float64Array) => (numbers: Numbers, into: Float64Array) => void;
}

/** A family of columns, or of groups of them, that are independent given the component, each an exponential family. */
export function linearFamily(spec: LinearFamilySpec): Family {
  const { gaps = false } = spec;
  const blocksOf = gaps ? (d: number): Blocks => spec.blocks(d).map(withGaps) : spec.blocks;
  return {
    ...named(spec, blocksOf),
    ...held(spec, blocksOf),
    ...swept(spec, blocksOf),
    masks: (d) => masksOf(blocksOf(d)),
    ...(!gaps && { withGaps: () => linearFamily({ ...spec, gaps: true }) }),
  };
}

/** What the family is called, and its components as others have them. */
function named(
  { name, options = {}, words, rules, hidden = {}, draws }: LinearFamilySpec,
  blocksOf: LinearFamilySpec['blocks'],
): Pick<
  Family,
  | 'name'
  | 'options'
  | 'parameters'
  | 'describe'
  | 'parameterCount'
  | 'supports'
  | 'sampler'
  | 'toParameters'
  | 'fromParameters'
  | 'toFile'
  | 'fromFile'
> {
  return {
    name,
    options,
    parameters: Object.keys(rules),
    describe: (k) => `${k.toLocaleString('en-US')} ${words[k === 1 ? 1 : 0]}`,
    parameterCount: (k, d) => k * blocksOf(d).reduce((sum, { free }) => sum + free, 0),
    supports: (d) =>
      blocksOf(d).flatMap(({ columns, support = 'numbers' }) => new Array<Support>(columns).fill(support)),
    sampler: (components) => sampler(blocksOf(components.d), components, thetasIn(blocksOf, components), draws),
    toParameters: (components) => nestedArrays(components, Object.keys(rules)),
    fromParameters: (given, where) => withHidden(arraysOfParameters(given, rules, where), hidden),
    toFile: plainArrays,
    fromFile: (file, size, where) =>
      arraysOfFile(file, parameterWidths(blocksOf(size.d)), { size, rules: allRules(rules, hidden), where }),
  };
}

/** How rows become statistics, how a shard holds these, and what columns are like under components. */
function held(
  { name, options = {}, gaps = false, ...spec }: LinearFamilySpec,
  blocksOf: LinearFamilySpec['blocks'],
): Pick<
  Family,
  | 'commonScale'
  | 'encoding'
  | 'encode'
  | 'coding'
  | 'logVolume'
  | 'swept'
  | 'spread'
  | 'logDensity'
  | 'toData'
  | 'toShard'
> {
  const columnsOf = columnCounter({ gaps, ...spec });
  return {
    commonScale: false,
    encoding: [name, ...Object.values(options), ...(gaps ? ['with gaps'] : [])].join(' '),
    encode: (summaries) => encode(blocksOf(columnsOf(summaries.length)), summaries),
    coding: blockCoding(blocksOf),
    logVolume: () => 0,
    swept: (components) => own.sweptSpread(blocksOf(components.d), components, thetasIn(blocksOf, components)),
    spread: (components) => own.columnSpread(blocksOf(components.d), components, thetasIn(blocksOf, components)),
    logDensity: (components) => own.densitiesOf(blocksOf(components.d), components.k, thetasIn(blocksOf, components)),
    toData: ({ k, d, arrays }) => ({ k, d, arrays }),
    toShard: (components, frame) => ({ ...components, frame }),
  };
}

/** Models that are swept, and what their moments make of components. */
function swept(
  spec: LinearFamilySpec,
  blocksOf: LinearFamilySpec['blocks'],
): Pick<
  Family,
  | 'around'
  | 'restarted'
  | 'shape'
  | 'pack'
  | 'packExactly'
  | 'estimate'
  | 'conjugates'
  | 'toVector'
  | 'fromVector'
  | 'coincident'
  | 'addedShares'
> {
  const columnsOf = columnCounter(spec);
  const all = allRules(spec.rules, spec.hidden);
  const pack = <Values extends Floats>(
    components: Components,
    toPrecision: (values: Float64Array) => Values,
  ): PackedModel<Values> => {
    const { k, d, frame } = components;
    return packLinear(blocksOf(d), k, thetasIn(blocksOf, components), frame, toPrecision);
  };
  return {
    around: (rows, variances, frame) => atDistances(blocksOf(columnsOf(variances.length)), rows, variances, frame),
    restarted({ frame, ...components }, starts) {
      const rows = starts.map(({ component, row }) => ({ component, row: unheld(row, frame) }));
      return framed(own.restartedAt(blocksOf(components.d), components, thetasIn(blocksOf, components), rows), frame);
    },
    shape: (k, d) => ({ k, quadratic: [], linear: linearShape(blocksOf(d)) }),
    pack: (components) => pack(components, (values) => new Float32Array(values)),
    packExactly: (components) => pack(components, (values) => values),
    estimate(moments, packed, { prior }: EstimateOptions) {
      const { dense = 0, levels = [], held: frame } = packed.linear ?? {};
      const d = columnsOf(dense + levels.length);
      const means = meanStatistics(moments, packed, masksOf(blocksOf(d)), prior, spec.kept);
      return { components: framed(own.ofMeans(blocksOf(d), packed.k, d, means), frame), repairs: [] };
    },
    conjugates: linearConjugates(blocksOf, (components) => thetasIn(blocksOf, components)),
    toVector(components) {
      const { k, d, frame } = components;
      return own.heldMeans(own.expectations(blocksOf(d), k, thetasIn(blocksOf, components)), blocksOf(d), frame);
    },
    fromVector(vector, { k, d, frame }) {
      const components = own.ofMeans(blocksOf(d), k, d, own.givenMeans(vector, blocksOf(d), frame));
      const sound = Object.entries(components.arrays).every(([of, { values }]) => values.every(all[of].holds));
      return sound ? framed(components, frame) : undefined;
    },
    coincident: (_, components) =>
      own.coincidentComponents(blocksOf(components.d), components.k, thetasIn(blocksOf, components)),
    addedShares: ({ k }) => ({ shared: false, shares: Array.from({ length: k }, () => ({ share: 0, columns: [0] })) }),
  };
}

const thetasIn = (blocksOf: LinearFamilySpec['blocks'], components: Components): Thetas =>
  own.thetasOf(blocksOf(components.d), components);

/** From how many numbers are swept to how many columns they are of. */
function columnCounter({
  gaps = false,
  perColumn = 1,
  blocks,
}: Pick<LinearFamilySpec, 'gaps' | 'perColumn' | 'blocks'>) {
  return (count: number): number => {
    if (!gaps || blocks(2)[0].levels !== undefined) return count / perColumn;
    return blocks(2).length === 1 ? count - 1 : count / (perColumn + 1);
  };
}

function allRules(
  rules: LinearFamilySpec['rules'],
  hidden: LinearFamilySpec['hidden'] = {},
): Readonly<Record<string, Rule>> {
  return { ...rules, ...Object.fromEntries(Object.entries(hidden).map(([of, { rule }]) => [of, rule])) };
}

/** How many numbers a component has of each parameter. */
function parameterWidths(blocks: Blocks): Record<string, number> {
  const widths: Record<string, number> = {};
  for (const { parameters } of blocks) {
    for (const [name, size] of Object.entries(parameters)) widths[name] = (widths[name] ?? 0) + size;
  }
  return widths;
}

/** Draws row after row, block after block. */
function sampler(blocks: Blocks, { k, d }: Components, thetas: Thetas, draws: LinearFamilySpec['draws']): Sampler {
  const drawers = Array.from({ length: k }, (_, c) => blocks.map((_block, b) => draws(thetas(c, b))));
  return (labels, random, data) => {
    const numbers = new Numbers(random);
    for (const [row, label] of labels.entries()) {
      let at = row * d;
      for (const [b, { columns }] of blocks.entries()) {
        drawers[label][b](numbers, data.subarray(at, at + columns));
        at += columns;
      }
    }
  };
}

/** Components that also have what nobody gives. */
function withHidden(components: Components, hidden: NonNullable<LinearFamilySpec['hidden']>): Components {
  const { k, arrays } = components;
  const more = Object.entries(hidden).map(([name, { value }]): [string, ComponentArray] => [
    name,
    { shape: [k, 1], values: new Float64Array(k).fill(value) },
  ]);
  return { ...components, arrays: { ...arrays, ...Object.fromEntries(more) } };
}
