import type { Mixture } from '../mixture/mixture.js';
import { intervalOf, type Interval } from './intervals.js';
import type { Wanted } from './options.js';
import type { FailedReplicate } from './replicates.js';
import { parametersOf, type Parameter } from './parameters.js';

/** A parameter, its standard error and its interval. */
export type ParameterInterval = Parameter & Interval;

/** What a bootstrap is made of, besides mixtures. */
interface Outcome extends Wanted {
  readonly failures: readonly FailedReplicate[];
  readonly status: 'complete' | 'aborted';
  readonly gain: number;
}

/** The result of `bootstrap`: mixtures of reweighted rows, and what these say of the parameters. */
export class Bootstrap {
  /** Of the intervals, such as 0.95. */
  readonly level: number;
  /** How many replicates were asked for. */
  readonly asked: number;
  /** Replicates without an optimum, or in which a component has lost its rows: no interval knows of them. */
  readonly failures: readonly FailedReplicate[];
  /** 'aborted' where not all replicates were fitted. */
  readonly status: 'complete' | 'aborted';
  /** By how much fitting on made the objective better than the mixture's that was given, nats per row. */
  readonly gain: number;

  /** @internal */
  constructor(
    /** The optimum that estimates are of. */
    readonly mixture: Mixture,
    /** A mixture for each replicate that has one, components in the order of `mixture`. */
    readonly replicates: readonly Mixture[],
    { level, replicates: asked, failures, status, gain }: Outcome,
  ) {
    this.level = level;
    this.asked = asked;
    this.failures = failures;
    this.status = status;
    this.gain = gain;
  }

  /**
   * All parameters with their standard errors and intervals: weights, then components block by block. Covariances that are
   * 0 by the family's form are left out.
   */
  get parameters(): ParameterInterval[] {
    const values = this.replicates.map((replicate) => parametersOf(replicate).map(({ value }) => value));
    return parametersOf(this.mixture).flatMap(({ value, ...parameter }, at) => {
      const own = values.map((replicate) => replicate[at]);
      if (parameter.columns.length > 1 && value === 0 && own.every((one) => one === 0)) return [];
      return [{ ...parameter, ...intervalOf(value, own, this.level) }];
    });
  }

  /** The same of any number that a mixture has, such as the distance of two means. */
  of(statistic: (mixture: Mixture) => number): Interval {
    return intervalOf(statistic(this.mixture), this.replicates.map(statistic), this.level);
  }
}
