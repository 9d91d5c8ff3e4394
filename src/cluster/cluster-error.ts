/** A cluster failed: workers were lost, or it had no room. No fault of otmix, and no mistake in what was asked for. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';

  /** `reason`: one line. */
  constructor(reason: string) {
    super(`cluster: ${reason}`);
  }
}
