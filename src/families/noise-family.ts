import type { Floats, PackedModel, PackedShape } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import { componentBlocks, componentsOfBlocks } from './blocks.js';
import type { ColumnSummary, ComponentBlock, Components, Parameters, Spread } from './components.js';
import {
  fillerOf,
  logVolumeOf,
  supportsOf,
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
import type { Noise, Support } from './noise.js';
import { NoisePlaces } from './noise-places.js';
import { filledBesideNoise, sampledWithNoise } from './noise-rows.js';
import { clusterMoments, noisyShape, withNoiseComponent, withoutStatistic } from './noise-terms.js';
import type { ConjugatePrior, Conjugates, Prior } from './prior.js';
import type { RowCoding } from './row-coding.js';
import type { Scaling } from './scaling.js';

/** The family with noise beside its components, which are as they were: only models and moments have one more. */
export function withNoise(family: Family, noise: Noise): Family {
  return new NoisyFamily(family, noise);
}

class NoisyFamily implements Family {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly parameters: readonly string[];
  readonly commonScale: boolean;
  readonly encoding: string;
  readonly coding?: RowCoding;
  readonly levels?: readonly (Levels | undefined)[];
  readonly positions?: readonly (Float64Array | undefined)[];
  readonly patterned: boolean;
  readonly survey?: Survey;
  readonly withGaps?: () => Family;
  readonly unmeasured: number | undefined;
  private readonly places: NoisePlaces;

  constructor(
    private readonly own: Family,
    readonly noise: Noise,
  ) {
    const { survey, levels, positions, patterned = false } = own;
    this.name = own.name;
    this.options = own.options;
    this.parameters = own.parameters;
    this.commonScale = own.commonScale;
    this.patterned = patterned;
    this.places = new NoisePlaces(own, noise);
    const coding = this.places.coding ?? own.coding;
    this.encoding = this.places.statistic ? `${own.encoding} beside noise ${JSON.stringify(noise)}` : own.encoding;
    this.unmeasured = this.places.statistic?.at;
    if (coding) this.coding = coding;
    if (levels) this.levels = levels;
    if (positions) this.positions = positions;
    if (own.withGaps) this.withGaps = () => withNoise(own.withGaps?.() ?? own, noise);
    if (survey)
      this.survey = {
        question: (column) => survey.question(column),
        adapted: (found) => withNoise(survey.adapted(found), noise),
      };
  }

  describe(k: number): string {
    return `${this.own.describe(k)} and noise`;
  }

  parameterCount(k: number, d: number): number {
    return this.own.parameterCount(k, d);
  }

  supports(d: number): readonly Support[] {
    return supportsOf(this.own, d);
  }

  masks(d: number): readonly number[] | undefined {
    const masks = this.own.masks?.(d);
    return masks && this.places.statistic ? [...masks, -1] : masks;
  }

  encode(swept: readonly ColumnSummary[]): Scaling {
    return this.places.encode(swept);
  }

  logVolume(scaling: Scaling): number {
    return logVolumeOf(this.own, this.places.ownScaling(scaling));
  }

  swept(components: Components): Spread {
    return this.places.spread(sweptSpread(this.own, components), components);
  }

  toData(components: Components, scaling: Scaling): Components {
    return this.own.toData(this.inner(components), this.places.ownScaling(scaling));
  }

  toShard(components: Components, frame: Scaling): Components {
    return { ...this.own.toShard(components, this.places.ownScaling(frame)), frame };
  }

  around(rows: Float64Array, variances: Float64Array, held: Scaling): PackedModel {
    const { places } = this;
    const model = this.own.around(places.ownColumns(rows), places.ownColumns(variances), places.ownScaling(held));
    return { ...(places.statistic ? withoutStatistic(model) : model), clusters: { model, held } };
  }

  restarted(components: Components, starts: readonly FreshStart[]): Components {
    const own = starts.map(({ component, row }) => ({ component, row: this.places.ownColumns(row) }));
    return framed(this.own.restarted(this.inner(components), own), components.frame);
  }

  shape(k: number, d: number): PackedShape {
    return noisyShape(this.own.shape(k, d), this.places.statistic !== undefined);
  }

  pack(components: Components): PackedModel {
    return this.packed(this.own.pack(this.inner(components)), components);
  }

  packExactly(components: Components): PackedModel<Float64Array> {
    return this.packed(this.own.packExactly(this.inner(components)), components);
  }

  estimate(moments: Moments, { clusters }: PackedModel<Floats>, { regularization, prior }: EstimateOptions): Estimate {
    const { model, held } = clustersOf(clusters);
    const own = clusterMoments(moments, model);
    const { components, repairs } = this.own.estimate(own, model, {
      regularization: this.places.ownColumns(regularization),
      ...(prior && { prior: ofShare(prior, own.weight / moments.weight) }),
    });
    return { components: { ...components, frame: held }, repairs };
  }

  toVector(components: Components): Float64Array {
    return this.own.toVector(this.inner(components));
  }

  fromVector(vector: Float64Array, like: Components): Components | undefined {
    const components = this.own.fromVector(vector, this.inner(like));
    return components && framed(components, like.frame);
  }

  get conjugates(): Conjugates | undefined {
    const { conjugates } = this.own;
    if (!conjugates) return undefined;
    return {
      options: conjugates.options,
      of: (moments, { clusters, k }, { scaling, ...settings }) => {
        const { model, held } = clustersOf(clusters);
        const own = clusterMoments(moments, model);
        const share = own.weight / moments.weight;
        const prior = conjugates.of(own, model, {
          ...settings,
          k: k > model.k ? model.k : settings.k,
          n: settings.n * share,
          scaling: scaling && this.places.ownScaling(held),
        });
        return conjugateOfShare(prior, 1 / share);
      },
      log: (components, prior) => conjugates.log(this.inner(components), prior),
    };
  }

  coincident({ clusters, ...packed }: PackedModel<Floats>, components: Components): number[][] {
    return this.own.coincident(clusters?.model ?? packed, this.inner(components));
  }

  addedShares({ clusters, ...packed }: PackedModel<Floats>, added: Float64Array): AddedShares {
    return this.own.addedShares(clusters?.model ?? packed, this.places.ownColumns(added));
  }

  spread(components: Components): Spread {
    return this.own.spread(components);
  }

  logDensity(components: Components): (row: ArrayLike<number>, into: Float64Array) => void {
    return this.own.logDensity(components);
  }

  filler(components: Components): Filler {
    return filledBesideNoise(fillerOf(this.own, components), this.supports(components.d), this.noise);
  }

  sampler(components: Components): Sampler {
    return sampledWithNoise(this.own.sampler(components), components, this.own, this.noise);
  }

  toParameters(components: Components): Parameters {
    return this.own.toParameters(components);
  }

  fromParameters(parameters: Parameters, where: string): Components {
    return this.own.fromParameters(parameters, where);
  }

  blocks(components: Components, columns: readonly string[]): ComponentBlock[] {
    return componentBlocks(this.own, components, columns);
  }

  fromBlocks(blocks: readonly unknown[], k: number, where: string): Components {
    return componentsOfBlocks(this.own, blocks, { k, d: this.noise.ranges.length }, where);
  }

  toFile(components: Components): Readonly<Record<string, unknown>> {
    return this.own.toFile(components);
  }

  fromFile(
    file: Readonly<Record<string, unknown>>,
    size: { readonly k: number; readonly d: number },
    where: string,
  ): Components {
    return this.own.fromFile(file, size, where);
  }

  private packed<Values extends Floats>(model: PackedModel<Values>, components: Components): PackedModel<Values> {
    const { frame: held } = components;
    if (!held) throw new RangeError('components of a shard were expected');
    const noise = this.places.packed(model, held, components);
    return { ...withNoiseComponent(model, noise), clusters: { model, held } };
  }

  /** The components as the family itself has them. */
  private inner({ frame, ...components }: Components): Components {
    return framed(components, frame && this.places.ownScaling(frame));
  }
}

function clustersOf(clusters: PackedModel<Floats>['clusters']): NonNullable<typeof clusters> {
  if (clusters) return clusters;
  throw new RangeError('a model of a family with noise was expected');
}

/** A prior that counts beside so much of all rows. */
function ofShare(prior: Prior, share: number): Prior {
  return prior.kind === 'pool' ? prior : conjugateOfShare(prior, share);
}

function conjugateOfShare(prior: ConjugatePrior, share: number): ConjugatePrior {
  if (prior.kind !== 'joint') return { ...prior, n: prior.n * share };
  return { ...prior, parts: prior.parts.map((part) => conjugateOfShare(part, share)) };
}

function framed(components: Components, frame: Scaling | undefined): Components {
  return frame ? { ...components, frame } : components;
}
