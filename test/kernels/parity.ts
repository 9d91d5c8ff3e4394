/** One suite for every backend: sweeps, row outputs and k-means++ distances of a shard against the float64 oracle. */
import { describe, test } from 'vitest';
import type { Device } from '../../src/backend/backend.js';
import { cases as casesOf, combinations, grouped, type Kinds } from '../cases.js';
import { cases, shapes, titleOf, type Case } from './parity-cases.js';
import { checks, settingOf, type Check } from './parity-checks.js';

/** Where rows live, and the cases to hold there to the oracle. */
export interface Place {
  readonly name: string;
  readonly device: Device;
  readonly cases: readonly Case[];
}

interface Row {
  readonly place: Place;
  readonly one: Case;
  readonly check: Check;
}

const checkOf = ({ check: { kind, form, epsilon } }: Row) => [kind, form, epsilon];

/** What a quick run shows; most with every kind of check, form and temperature. */
export const shown = {
  /** Every case. */
  cases: (row) => [titleOf(row.one), ...checkOf(row)],
  /** Every kind of problem: for kernels that other places run too. */
  problems: (row) => [row.one.name, ...checkOf(row)],
  /** Every kind of problem and of check: where other places run each form and temperature. */
  checks: (row) => [row.one.name, row.check.kind],
  /** Besides, sizes of each order of magnitude: for kernels that are compiled for each. */
  magnitudes: (row) => [row.one.name, ...[row.one.n, row.one.d, row.one.k].map(magnitude), ...checkOf(row)],
  /** Of each place every case, and every kind of check: for places that differ in how they run the same kernels. */
  places: (row) => [...[titleOf(row.one), row.check.kind].map((of) => `${row.place.name}: ${of}`), ...checkOf(row)],
  /** Every case and kind of check: where each form takes seconds to compile. */
  kinds: (row) => [titleOf(row.one), row.check.kind],
  /** Every place once, and every kind of check, form and temperature somewhere. */
  spots: (row) => [row.place.name, ...checkOf(row)],
} satisfies Record<string, Kinds<Row>>;

const magnitude = (size: number): number => Math.ceil(Math.log2(size));

/** Those of the CPU's kernels: shapes, too, where one thread is tested for all. */
export function casesOn({ name, threads }: Device): readonly Case[] {
  return name === 'wasm' && threads === 1 ? [...cases, ...shapes] : cases;
}

/** Every check of every case, or what a quick run shows of them. */
export function describeParity(
  name: string,
  device: Device,
  given = casesOn(device),
  kinds: Kinds<Row> = shown.cases,
  few = kinds,
): void {
  describePlaces([{ name, device, cases: given }], kinds, { few });
}

/** Of composites on another of tfjs's backends a quick run shows every kind of problem and of check. */
export function describeComposites(name: string, device: Device, given = casesOn(device)): void {
  // Of tfjs's own kernels by software, those of distances are the slowest.
  const cost = (row: Row): number => costOf(row) + (row.check.kind === 'distances' ? 100 * row.one.n : 0);
  describePlaces([{ name, device, cases: given }], shown.problems, { cost, few: shown.checks });
}

/** The same of several places, in one table. */
export function describePlaces(
  places: readonly Place[],
  kinds: Kinds<Row>,
  { cost = costOf, few = kinds }: { readonly cost?: (row: Row) => number; readonly few?: Kinds<Row> } = {},
): void {
  const table = places.flatMap((place) => combinations({ place: [place], one: place.cases, check: checks }));
  const chosen = casesOf(table, kinds, cost, few);
  for (const { level: place, cases: ofPlace } of grouped(chosen, 'place')) {
    for (const { level: one, cases: ofOne } of grouped(ofPlace, 'one')) {
      describe(`${place.name}: ${titleOf(one)}`, () => {
        const setting = settingOf(place.device, one);
        for (const { check } of ofOne) test(check.title, () => check.run(setting));
      });
    }
  }
}

/** What a software adapter has to do, beyond what it compiles. */
const costOf = ({ one: { n, d, k } }: Row): number => 1e4 + n * k * d * d;
