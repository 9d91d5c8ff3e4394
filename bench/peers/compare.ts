import type { Problem } from '../problem.js';
import type { Dtype, Peer } from './list.js';
import { runPeer } from './peer.js';

/** A peer's time and mean log-likelihood, NaN where it has none. */
export interface PeerLine {
  readonly name: string;
  readonly dtype: Dtype;
  /** Of one EM iteration. */
  readonly seconds: number;
  readonly objective: number;
  /** The peer's own settings, as `batch_size 4096`. */
  readonly settings: string;
  readonly peakBytes: number;
  /** Version, libraries and threads; or why there is no time. */
  readonly about: string;
  readonly missing: boolean;
}

/** Times a peer on the bench's problem in one type. */
export async function comparePeer(peer: Peer, problem: Problem, dtype: Dtype, iterations: number): Promise<PeerLine> {
  const data = dtype === 'float64' ? problem.data : Float32Array.from(problem.data);
  const result = await runPeer(peer, { ...problem, data, dtype, iterations });
  const none = { name: peer.name, dtype, seconds: NaN, objective: NaN, settings: '', peakBytes: NaN };
  if ('missing' in result) return { ...none, about: result.missing, missing: true };
  if ('skipped' in result) return { ...none, about: result.skipped, missing: false };
  return {
    ...none,
    seconds: result.seconds_per_iteration,
    objective: result.objective,
    settings: Object.entries(result.settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    peakBytes: result.peak_bytes,
    about: `${peer.name} ${result.version}, ${result.about}, ${result.threads} threads`,
    missing: false,
  };
}

/** Relative difference of mean log-likelihoods up to which two packages have done the same. */
const sameWork = 1e-5;

/** The fastest of the peers whose mean log-likelihood is ours, so that nobody wins by doing less. */
export function bestPeer(lines: readonly PeerLine[], objective: number): PeerLine | undefined {
  return lines
    .filter((line) => line.seconds > 0 && agrees(line, objective))
    .reduce<PeerLine | undefined>((best, line) => (best && best.seconds <= line.seconds ? best : line), undefined);
}

/** Whether a peer that has a result has ours. */
export function agrees(line: PeerLine, objective: number): boolean {
  return Math.abs(line.objective - objective) <= sameWork * Math.max(1, Math.abs(objective));
}
