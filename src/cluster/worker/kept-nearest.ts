import type { NearestCentres, Shard } from '../../sweep/shard.js';
import type { NearestAnswer } from '../../sweep/remote/site.js';
import type { WorkerQuestion } from '../messages.js';

/** Distances of units to centres, by session, and how many additions of centres each knows. */
export class KeptNearest {
  private readonly open = new Map<string, { readonly nearest: NearestCentres; known: number }>();

  async answer(name: string, shard: Shard, question: WorkerQuestion, part: unknown): Promise<NearestAnswer> {
    const { ask, known = 0 } = question as { readonly ask?: string; readonly known?: number };
    if (ask === 'end') {
      this.open.get(name)?.nearest.dispose();
      this.open.delete(name);
      return {};
    }
    const own = this.open.get(name) ?? { nearest: shard.nearestCentres(question.metric as Float64Array), known: 0 };
    this.open.set(name, own);
    if (own.known < known) return { behind: own.known };
    if (ask !== 'add') return answerOf(own.nearest, ask, question, part);
    // Asked again, where the answer was lost, it has been added.
    if (own.known === known) {
      await own.nearest.add(part as Float64Array);
      own.known++;
    }
    return {};
  }

  dispose(): void {
    for (const { nearest } of this.open.values()) nearest.dispose();
    this.open.clear();
  }
}

async function answerOf(
  nearest: NearestCentres,
  ask: string | undefined,
  { uniforms }: WorkerQuestion,
  part: unknown,
): Promise<NearestAnswer> {
  switch (ask) {
    case 'potentials':
      return { values: await nearest.potentials(part as Float64Array) };
    case 'draw':
      return { rows: await nearest.draw(Array.from(uniforms as Float64Array)) };
    case 'sums':
      return { ...(await nearest.sums()) };
    default:
      return {};
  }
}
