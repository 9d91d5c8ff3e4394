import type { NearestCentres, NearestSums } from '../shard.js';
import type { NearestAnswer, Site } from './site.js';

/**
 * Distances that a worker keeps. It is told of centres as they are added; one that has lost them, since it was started
 * again, is told of all once more, in the same steps.
 */
export class RemoteNearest implements NearestCentres {
  private readonly added: Float64Array[] = [];

  constructor(
    private readonly site: Site,
    private readonly metric: Float64Array,
    private readonly session: number,
    private readonly signal?: AbortSignal,
  ) {}

  async potentials(candidates: Float64Array): Promise<Float64Array> {
    const { values } = await this.ask({ ask: 'potentials' }, candidates);
    return values ?? new Float64Array();
  }

  async add(centres: Float64Array): Promise<void> {
    this.added.push(centres);
    await this.ask({ ask: 'nothing' });
  }

  async draw(uniforms: readonly number[]): Promise<number[]> {
    const { rows = [] } = await this.ask({ ask: 'draw', uniforms: Float64Array.from(uniforms) });
    return Array.from(rows);
  }

  async sums(): Promise<NearestSums> {
    const { weight = 0, potential = 0 } = await this.ask({ ask: 'sums' });
    return { weight, potential };
  }

  dispose(): void {
    this.site.ask({ op: 'nearest', session: this.session, ask: 'end' }).catch(() => undefined); // which nobody waits for
  }

  /** An answer of a worker that knows all centres. */
  private async ask(question: Readonly<Record<string, unknown>>, shared?: object): Promise<NearestAnswer> {
    const { site, session, metric, added } = this;
    for (;;) {
      this.signal?.throwIfAborted();
      const head = { op: 'nearest', session, metric, known: added.length, ...question } as const;
      const answer = (await site.ask(head, shared)) as NearestAnswer;
      if (answer.behind === undefined) return answer;
      for (let at = answer.behind; at < added.length;) {
        this.signal?.throwIfAborted();
        const told = (await site.ask(
          { op: 'nearest', session, metric, known: at, ask: 'add' },
          added[at],
        )) as NearestAnswer;
        at = told.behind ?? at + 1; // one that was started again meanwhile begins from the first
      }
    }
  }
}
