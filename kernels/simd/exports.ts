/** What assembly/index.ts exports. */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  shape(columns: number, rows: number): void;
  placeModel(path: number, k: number, ...placesOfArrays: number[]): void;
  placeTile(...placesOfArrays: number[]): void;
  placeGathered(...placesOfArrays: number[]): void;
  placeTurned(...placesOfArrays: number[]): void;
  sparseBelow(rows: number): void;
  placeBounds(columns: number, ...placesOfArrays: number[]): void;
  placeLists(...placesOfArrays: number[]): void;
  placeLinear(dense: number, levelColumns: number, ...placesOfArrays: number[]): void;
  placeShorts(width: number, ...placesOfArrays: number[]): void;
  placeCandidates(...placesOfArrays: number[]): void;
  /** To be called once η is in memory. */
  shortenNatural(): void;
  placeRadial(...placesOfArrays: number[]): void;
  placeShares(...placesOfArrays: number[]): void;
  placeNonzeros(...placesOfArrays: number[]): void;
  takeLists(...placesOfArrays: number[]): void;
  dropLists(): void;
  listNonzeros(t: number): void;
  spreadLists(t: number, columns: number): void;
  placeLevels(...placesOfArrays: number[]): void;
  placeSums(...placesOfArrays: number[]): void;
  temper(rate: number, squareRate: number, centre: number, hard: boolean, least: number): void;
  sweep(x: number, v: number): void;
  sweepSparsely(x: number, v: number, rows: number): number;
  /** Turns a tile to rows of the block, from the `from`th on. */
  turnTile(x: number, from: number): void;
  seemsFew(): number;
  sweepCandidates(v: number, rows: number): number;
  placeEarlier(at: number): void;
  boundEarlier(rows: number, first: boolean): number;
  sweepEarlier(v: number, rows: number): void;
  posterior(x: number, labels: number, logSum: number, logLargest: number, shares: number): void;
  likeliest(x: number, labels: number, largest: number): void;
  potentials(...places: [...tile: [x: number, v: number, nearest: number], ...centres: number[]]): void;
  keepNearest(x: number, v: number, nearest: number, centre: number, metric: number, sum: number): void;
  turn32(from: number, rows: number, columns: number, into: number, step: number): void;
  turn64(from: number, rows: number, columns: number, into: number, step: number): void;
  widen(from: number, count: number, into: number): void;
  describe(
    ...[from, step, columns, rows, weights, unit, origin, results]: [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
  ): void;
  encode(
    ...[from, step, columns, rows, b, coding, farthest, into]: [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
  ): void;
  finite32(from: number, count: number): number;
  finite64(from: number, count: number): number;
  flush(): void;
  peak(n: number, factor: number, addend: number): number;
}
