import type { Floats, PackedModel, PackedShape } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import { componentBlocks, componentsOfBlocks } from './blocks.js';
import type { ColumnSummary, ComponentBlock, Components, Parameters, Spread } from './components.js';
import {
  fillerOf,
  logVolumeOf,
  sweptSpread,
  type Estimate,
  type EstimateOptions,
  type Family,
  type Filler,
  type FreshStart,
  type Levels,
  type Sampler,
  type Survey,
} from './family.js';
import type { AddedShares } from './narrow.js';
import type { Conjugates } from './prior.js';
import type { Support } from './noise.js';
import { codingOf } from './product-coding.js';
import { misgiven, ofColumn, ofParts, partOf, type PlacedFactor } from './product-factors.js';
import {
  common,
  identity,
  joinedMasks,
  positionsOf,
  scalingOf,
  spreadAt,
  supportsAt,
  withPlaces,
  worstShares,
} from './product-places.js';
import { jointConjugates } from './product-prior.js';
import { filledTogether, sampledTogether, summed } from './product-rows.js';
import { columnsAt, joined, joinedShape, partsOf, scalingAt, split, termsApart } from './product-terms.js';
import type { RowCoding } from './row-coding.js';
import type { Scaling } from './scaling.js';

/** Families on columns of known numbers, independent given the component. Every method asks each factor for its part. */
export class ProductFamily implements Family {
  readonly name = 'product';
  readonly options: Readonly<Record<string, string>>;
  readonly parameters: readonly string[] = [];
  readonly commonScale = false;
  readonly encoding: string;
  readonly coding: RowCoding;
  readonly levels?: readonly (Levels | undefined)[];
  readonly survey?: Survey;
  readonly positions: readonly (Float64Array | undefined)[];
  readonly withGaps?: () => Family;
  readonly patterned: boolean;
  protected readonly factors: readonly PlacedFactor[];
  /** How many numbers are swept. */
  private readonly width: number;

  /** `text` says the factors as `--family` takes them. */
  constructor(
    factors: readonly Omit<PlacedFactor, 'places'>[],
    private readonly names: readonly string[],
    private readonly text: string,
  ) {
    this.factors = withPlaces(factors);
    this.options = { factors: text };
    this.patterned = factors.some(({ family }) => family.patterned) || termsApart(factors);
    this.encoding = `product ${text}: ${factors.map(({ family }) => family.encoding).join(', ')}`;
    this.coding = codingOf(this.factors);
    this.positions = positionsOf(this.factors);
    this.width = this.factors.reduce((sum, { places }) => sum + places.length, 0);
    if (factors.every(({ family }) => family.withGaps !== undefined)) this.withGaps = () => this.gapped();
    if (!this.factors.some(({ family }) => family.survey)) return;
    this.levels = names.map((_, column) => ofColumn(column, this.factors, ({ levels }, j) => levels?.[j]));
    this.survey = {
      question: (column) => ofColumn(column, this.factors, ({ survey }, j) => survey?.question(j)),
      adapted: (levels) => this.adapted(levels),
    };
  }

  private adapted(levels: readonly Levels[]): Family {
    const factors = this.factors.map(({ family, columns }) => {
      const own = columns.map((column) => levels[column]);
      return { family: family.survey?.adapted(own) ?? family, columns };
    });
    return new ProductFamily(factors, this.names, this.text);
  }

  private gapped(): Family {
    const factors = this.factors.map(({ family, columns }) => ({ family: family.withGaps?.() ?? family, columns }));
    return new ProductFamily(factors, this.names, this.text);
  }

  masks(): readonly number[] | undefined {
    return joinedMasks(this.factors);
  }

  describe(k: number): string {
    return `${k.toLocaleString('en-US')} ${k === 1 ? 'component' : 'components'} of ${this.text}`;
  }

  parameterCount(k: number): number {
    return this.factors.reduce((sum, { family, columns }) => sum + family.parameterCount(k, columns.length), 0);
  }

  supports(): readonly Support[] {
    return supportsAt(this.factors, this.names.length);
  }

  encode(swept: readonly ColumnSummary[]): Scaling {
    return scalingOf(this.factors, this.width, ({ family, places }) => family.encode(places.map((at) => swept[at])));
  }

  logVolume(scaling: Scaling): number {
    return this.factors.reduce((sum, { family, places }) => sum + logVolumeOf(family, scalingAt(scaling, places)), 0);
  }

  swept(components: Components): Spread {
    const own = this.each(components, ({ family }, part) => sweptSpread(family, part));
    return spreadAt(this.factors, this.width, 'places', own);
  }

  spread(components: Components): Spread {
    const own = this.each(components, ({ family }, part) => family.spread(part));
    return spreadAt(this.factors, this.names.length, 'columns', own);
  }

  toData(components: Components, scaling: Scaling): Components {
    return this.together(
      this.each(components, ({ family, places }, part) => family.toData(part, scalingAt(scaling, places))),
    );
  }

  toShard(components: Components, frame: Scaling): Components {
    const own = this.each(components, ({ family, places }, part) => family.toShard(part, scalingAt(frame, places)));
    return this.together(own, frame);
  }

  around(rows: Float64Array, variances: Float64Array, held: Scaling): PackedModel {
    const { width } = this;
    const parts = this.factors.map(({ family, places }) =>
      family.around(columnsAt(rows, width, places), columnsAt(variances, width, places), scalingAt(held, places)),
    );
    return joined(rows.length / width, parts, this.patterned);
  }

  restarted(components: Components, starts: readonly FreshStart[]): Components {
    const own = this.each(components, ({ family, places }, part) =>
      family.restarted(
        part,
        starts.map(({ component, row }) => ({ component, row: columnsAt(row, this.width, places) })),
      ),
    );
    return this.together(own, components.frame);
  }

  shape(k: number): PackedShape {
    const shapes = this.factors.map(({ family, columns }) => family.shape(k, columns.length));
    return joinedShape(k, shapes, this.patterned);
  }

  pack(components: Components): PackedModel {
    return joined(
      components.k,
      this.each(components, ({ family }, part) => family.pack(part)),
      this.patterned,
    );
  }

  packExactly(components: Components): PackedModel<Float64Array> {
    return joined(
      components.k,
      this.each(components, ({ family }, part) => family.packExactly(part)),
    );
  }

  estimate(moments: Moments, packed: PackedModel<Floats>, { regularization, prior }: EstimateOptions): Estimate {
    const own = split(moments, packed);
    const estimates = this.factors.map(({ family, places }, f) =>
      family.estimate(own[f], partsOf(packed)[f], {
        regularization: columnsAt(regularization, this.width, places),
        ...(prior && { prior: prior.kind === 'joint' ? prior.parts[f] : prior }),
      }),
    );
    const parts = estimates.map(({ components }) => components);
    const frame = scalingOf(this.factors, this.width, ({ places }, f) => parts[f].frame ?? identity(places.length));
    return { components: this.together(parts, frame), repairs: estimates.flatMap(({ repairs }) => repairs) };
  }

  get conjugates(): Conjugates | undefined {
    return jointConjugates(this.factors, (components, f) => partOf(components, this.factors, f));
  }

  toVector(components: Components): Float64Array {
    return Float64Array.from(this.each(components, ({ family }, part) => Array.from(family.toVector(part))).flat());
  }

  fromVector(vector: Float64Array, like: Components): Components | undefined {
    let from = 0;
    const parts = this.each(like, ({ family }, part) => {
      const { length } = family.toVector(part);
      return family.fromVector(vector.slice(from, (from += length)), part);
    });
    return parts.every((part) => part !== undefined) ? this.together(parts, like.frame) : undefined;
  }

  coincident(packed: PackedModel<Floats>, components: Components): number[][] {
    const own = this.each(components, ({ family }, part, f) => family.coincident(partsOf(packed)[f], part));
    return common(own, packed.k);
  }

  addedShares(packed: PackedModel<Floats>, added: Float64Array): AddedShares {
    const own = this.factors.map(({ family, places }, f) =>
      family.addedShares(partsOf(packed)[f], columnsAt(added, this.width, places)),
    );
    return worstShares(own, this.factors, packed.k);
  }

  logDensity(components: Components): (row: ArrayLike<number>, into: Float64Array) => void {
    return summed(
      this.factors,
      this.each(components, ({ family }, part) => family.logDensity(part)),
    );
  }

  filler(components: Components): Filler {
    return filledTogether(
      this.factors,
      this.each(components, ({ family }, part) => fillerOf(family, part)),
    );
  }

  sampler(components: Components): Sampler {
    const own = this.each(components, ({ family }, part) => family.sampler(part));
    return sampledTogether(this.factors, own, this.names.length);
  }

  toParameters = (): Parameters => ({});

  fromParameters(_: Parameters, where: string): Components {
    throw misgiven(where, 'a block for each factor of a product', 'parameters by themselves');
  }

  blocks(components: Components, names: readonly string[]): ComponentBlock[] {
    const own = this.each(components, ({ family, columns }, part) => {
      return componentBlocks(
        family,
        part,
        columns.map((column) => names[column]),
      );
    });
    return own.flat();
  }

  fromBlocks(blocks: readonly unknown[], k: number, where: string): Components {
    const { factors } = this;
    if (blocks.length === factors.length) {
      const size = (f: number): { k: number; d: number } => ({ k, d: factors[f].columns.length });
      return this.together(factors.map(({ family }, f) => componentsOfBlocks(family, [blocks[f]], size(f), where)));
    }
    throw misgiven(where, `${factors.length} blocks, one for each factor in its order`, String(blocks.length));
  }

  toFile(components: Components): Readonly<Record<string, unknown>> {
    return { factors: this.each(components, ({ family }, part) => family.toFile(part)) };
  }

  fromFile({ factors }: Readonly<Record<string, unknown>>, { k }: { readonly k: number }, where: string): Components {
    const files = Array.isArray(factors) ? (factors as Readonly<Record<string, unknown>>[]) : [];
    const parts = this.factors.map(({ family, columns }, f) =>
      family.fromFile(files.at(f) ?? {}, { k, d: columns.length }, where),
    );
    return this.together(parts);
  }

  /** What each factor makes of its part of the components. */
  private each<T>(components: Components, of: (factor: PlacedFactor, part: Components, f: number) => T): T[] {
    return this.factors.map((factor, f) => of(factor, partOf(components, this.factors, f), f));
  }

  private together(parts: readonly Components[], frame?: Scaling): Components {
    return { ...ofParts(parts, this.names.length), ...(frame && { frame }) };
  }
}
