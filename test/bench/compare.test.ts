/** The choice of the best peer, and what the bench prints of peers and of the flights. */
import { describe, expect, test } from 'vitest';
import { flightsTable, ourResult, type FlightsResult } from '../../bench/flights.js';
import { agrees, bestPeer, type PeerLine } from '../../bench/peers/compare.js';
import { otherPeersTable, peerNotes } from '../../bench/peers/report.js';

const line = (changes: Partial<PeerLine>): PeerLine => ({
  name: 'tgmm',
  dtype: 'float32',
  seconds: 0.2,
  objective: -25,
  settings: '',
  peakBytes: 2 ** 30,
  about: 'tgmm 0.4.3, torch 2.13.0, 2 threads',
  missing: false,
  ...changes,
});
const none = { seconds: NaN, objective: NaN };

describe('the best peer', () => {
  test('is the fastest', () => {
    const fast = line({ seconds: 0.1 });
    expect(bestPeer([line({}), fast, line({ seconds: 0.3 })], -25)).toBe(fast);
  });

  test('does the same work: within 1e-5 of our mean log-likelihood', () => {
    const honest = line({ objective: -25.0002 });
    expect(bestPeer([honest, line({ seconds: 0.1, objective: -25.0003 })], -25)).toBe(honest);
  });

  test('an objective near zero is compared absolutely', () => {
    expect(agrees(line({ objective: 5e-6 }), 0)).toBe(true);
    expect(agrees(line({ objective: 2e-5 }), 0)).toBe(false);
  });

  test('is none where all are missing, skipped, or went wrong', () => {
    expect(bestPeer([], -25)).toBeUndefined();
    expect(bestPeer([line(none), line({ ...none, missing: true })], -25)).toBeUndefined();
    expect(bestPeer([line({ objective: NaN })], -25)).toBeUndefined();
  });
});

describe('the table of the other peers', () => {
  const size = { covariance: 'full', n: 50_000, d: 16, k: 16 } as const;
  const all = { seconds: 0.05, objective: -25 };
  const row = (others: readonly PeerLine[]): string[] =>
    otherPeersTable([{ ...size, all, others }])
      .split('\n')[2]
      .trim()
      .split(/\s{2,}/);

  test('names the best with its type and settings, and puts the objectives side by side', () => {
    const others = [
      line({ seconds: 0.1, settings: 'batch_size 4096' }),
      line({ dtype: 'float64', seconds: 0.4 }),
      line({ name: 'gmmx', seconds: 0.3 }),
      line({ name: 'pomegranate', ...none }),
    ];
    expect(row(others)).toEqual([
      ...['full', '50,000 × 16, 16', '50', '300', '100', '–', '–'],
      ...['tgmm float32 batch_size 4096', '2 ×', '-25.00000', '-25.00000'],
    ]);
  });

  test('marks a peer whose objective is not ours', () => {
    const cells = row([line({ objective: -20 })]);
    expect(cells.slice(4)).toEqual(['200 !', '–', '–', '–', '– ×', '-25.00000', '–']);
  });

  test('leaves out problems without other peers', () => {
    expect(otherPeersTable([{ ...size, all, others: [] }]).split('\n')).toHaveLength(2);
  });
});

test('notes: each peer once, what to do where one is missing, why one is skipped', () => {
  const missing = 'gmmx: not in python3; run sh bench/peers/setup.sh';
  const lines = [
    line({}),
    line({ dtype: 'float64' }),
    line({ name: 'gmmx', ...none, missing: true, about: missing }),
    line({ name: 'gmmx', ...none, missing: true, about: missing }),
    line({ name: 'torchgmm', ...none, about: 'out of memory' }),
  ];
  expect(peerNotes(lines).split('\n')).toEqual([
    'Peer: tgmm 0.4.3, torch 2.13.0, 2 threads',
    `Missing: ${missing}`,
    'Skipped: torchgmm float32: out of memory',
  ]);
});

describe('the flights', () => {
  const output = JSON.stringify({
    iterations: 20,
    status: 'converged',
    meanLogLikelihood: -13.5,
    seconds: { load: 1, seed: 0.5, fit: 4, score: 0.2, report: 0.3, total: 6 },
  });
  const result: FlightsResult = { name: 'otmix', wall: 6.5, ...ourResult(output, 'Fitting…\nused 307200 9500000\n') };

  test('what the command and the meter print is read', () => {
    expect(result).toMatchObject({
      iterations: 20,
      converged: true,
      objective: -13.5,
      cpu: 9.5,
      peakBytes: 300 * 2 ** 20,
    });
    expect(ourResult(output, '').peakBytes).toBeNaN();
  });

  test('are a row each: seeding and EM together, per iteration, wall clock, memory, objective', () => {
    const theirs = { ...result, name: 'scikit-learn', converged: false, seconds: { load: 1, fit: 9, score: 1 } };
    const rows = flightsTable([result, theirs]).split('\n').slice(2);
    expect(rows.map((row) => row.trim().split(/\s{2,}/))).toEqual([
      ['otmix', '1', '4.5', '20', '0.225', '0.2', '0.3', '6.5', '9.5', '300', '-13.50000'],
      ['scikit-learn', '1', '9', '20 (limit)', '0.45', '1', '–', '6.5', '9.5', '300', '-13.50000'],
    ]);
  });

  test('say what is missing', () => {
    expect(flightsTable([result, { missing: 'pyarrow: run sh bench/peers/setup.sh' }])).toMatch(
      /\n\nMissing: pyarrow: run sh bench\/peers\/setup\.sh$/,
    );
  });
});
