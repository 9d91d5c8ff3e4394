/** What is to be done before the process ends, in whatever way it ends; must not wait. */
const pending = new Set<() => void>();

process.on('exit', speak);

/** Has something done before the process ends; answers what takes it back. */
export function beforeEnd(work: () => void): () => void {
  pending.add(work);
  return () => void pending.delete(work);
}

/** Does what is to be done before the end. */
function speak(): void {
  for (const work of pending) {
    pending.delete(work);
    try {
      work();
    } catch {
      continue; // the process ends: there is nobody to tell, and others have their turn
    }
  }
}
