import { nameOf, type Size } from '../problem.js';
import { digits, table } from '../table.js';
import { agrees, bestPeer, type PeerLine } from './compare.js';
import { otherPeers } from './list.js';

/** What the table of the other peers says of a problem. */
interface Compared extends Size {
  readonly all: { readonly seconds: number; readonly objective: number };
  readonly others: readonly PeerLine[];
}

/**
 * otmix and the packages on PyTorch and JAX, ms of an EM iteration on all threads, each in its fastest type. A peer
 * whose mean log-likelihood is not ours has an exclamation mark and can't be the best.
 */
export function otherPeersTable(results: readonly Compared[]): string {
  const rows = results
    .filter(({ others }) => others.length > 0)
    .map(({ all, others, ...size }) => {
      const best = bestPeer(others, all.objective);
      return [
        ...nameOf(size),
        digits(all.seconds * 1000),
        ...otherPeers.map(({ name }) => fastestOf(name, others, all.objective)),
        best ? [best.name, best.dtype, best.settings].filter((part) => part !== '').join(' ') : '–',
        `${digits((best?.seconds ?? NaN) / all.seconds)} ×`,
        all.objective.toFixed(5),
        best?.objective.toFixed(5) ?? '–',
      ];
    });
  const names = otherPeers.map(({ name }) => `${name} ms`);
  return table(
    ['covariance', 'n × d, k', 'otmix ms', ...names, 'best of these', 'ratio', 'log-lik.', 'the best’s'],
    rows,
  );
}

/** A peer's least time in ms among its types; a dash where it has none. */
function fastestOf(name: string, lines: readonly PeerLine[], objective: number): string {
  const mine = lines.filter((line) => line.name === name && line.seconds > 0).sort((a, b) => a.seconds - b.seconds);
  const same = mine.find((line) => agrees(line, objective));
  if (same) return digits(same.seconds * 1000);
  return mine.length > 0 ? `${digits(mine[0].seconds * 1000)} !` : '–';
}

/** One line for each peer: what it is, or what to do where it is missing; and what was skipped, why. */
export function peerNotes(lines: readonly PeerLine[]): string {
  const notes = new Map<string, string>();
  for (const line of lines) {
    if (line.missing) notes.set(line.name, `Missing: ${line.about}`);
    else if (line.seconds > 0) notes.set(line.name, `Peer: ${line.about}`);
    else notes.set(`${line.name} ${line.dtype} ${line.about}`, `Skipped: ${line.name} ${line.dtype}: ${line.about}`);
  }
  return [...notes.values()].join('\n');
}
