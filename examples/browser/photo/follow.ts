import { fitMixture, type BackendName, type Fit, type GivenStart } from 'otmix';
import { rowsOf, segmentsOf, type Pixels, type Segments } from './pixels.js';

export interface MixtureSettings {
  readonly components: number;
  /** How much a place counts beside a colour; 0 leaves it out. */
  readonly place: number;
  readonly backend: BackendName | 'auto';
}

/** What came of a frame. */
export interface Followed {
  readonly segments: Segments;
  readonly fit: Fit;
  readonly seconds: number;
}

/** Iterations from nothing, and from what the frame before has left: frames are alike. */
const FIRST = 12;
const NEXT = 4;
/** A standard deviation of 1/100 of a colour's range, below which cameras see noise. */
const NARROWEST = 1e-4;

/** Fits the frames of a picture one after the other, each from the mixture of the one before. */
export class Follower {
  private last: GivenStart | undefined;
  /** What the first frame ran on: 'auto' would look for a GPU anew at each. */
  private backend: MixtureSettings['backend'];

  constructor(private readonly settings: MixtureSettings) {
    this.backend = settings.backend;
  }

  /** Goes on with a frame: a few iterations, and the segments after them. */
  async see(frame: Pixels, signal: AbortSignal): Promise<Followed> {
    const { components, place } = this.settings;
    const { backend } = this;
    const from = performance.now();
    const rows = rowsOf(frame, place);
    const fit = await fitMixture(rows, {
      ...{ components, backend, signal, regularization: NARROWEST, precision: 'float32', autotune: false },
      ...(this.last ? { seeding: this.last, maxIterations: NEXT } : { seed: 1, maxIterations: FIRST }),
    });
    signal.throwIfAborted();
    const labels = await fit.mixture.predict(rows, { backend: 'wasm' });
    this.last = startOf(fit);
    this.backend = fit.diagnostics.backend as BackendName;
    const segments = segmentsOf(frame, labels, components);
    return { segments, fit, seconds: (performance.now() - from) / 1000 };
  }
}

/** Where the next frame's fit begins; nothing where a component has no weight left to begin with. */
function startOf({ mixture: { weights, means, covariances } }: Fit): GivenStart | undefined {
  return weights.every((weight) => weight > 0) ? { weights, means, covariances } : undefined;
}
