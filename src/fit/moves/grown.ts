import type { Start } from '../../seeding/start.js';
import { Groups, type Moving } from './groups.js';
import { after, splitsOf } from './propose.js';

/**
 * A start of one component more than a mixture in the shard's coordinates has: the component is split that gains most by
 * it. Undefined where none has rows enough for two. `number`: each has luck of its own.
 */
export async function grown(
  moving: Moving,
  { mixture, number }: { readonly mixture: Start; readonly number: number },
): Promise<Start | undefined> {
  const groups = await Groups.of(moving, { mixture, shard: moving.dataset.shard, number });
  const [split] = await splitsOf(groups);
  return split && after(mixture, { split });
}
