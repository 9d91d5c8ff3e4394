/** What assembly/tiles64 exports; places are byte addresses. */
export interface TileExports {
  readonly memory: WebAssembly.Memory;
  placeTiles64(k: number, rows: number, waiting: number, coarse: number, ...places: number[]): void;
  beginTile64(offsets: number): void;
  fold64(from: number, count: number, into: number): void;
  whitenAll64(x: number, d: number, ...placesStepsAndSlope: number[]): void;
  whitenOne64(x: number, d: number, ...placesAndSlope: number[]): void;
  placeBounds64(m: number, ...placesAndStep: number[]): void;
  whitenLikely64(x: number, d: number, ...placesStepsAndNumbers: number[]): number;
  addBalls64(x: number, d: number, means: number, slopes: number, into: number): void;
  addEllipses64(x: number, d: number, means: number, factors: number, slopes: number, into: number): void;
  addTimes64(numbers: number, rate: number, into: number): void;
  addRadialTile64(squares: number, remainders: number, parameters: number, logits: number): void;
  weighTile64(factors: number, remainders: number, into: number): void;
  addDenseTile64(t: number, dense: number, natural: number, rate: number): void;
  placeLevels64(levels: number, into: number): void;
  addLevelsTile64(places: number, natural: number, step: number, rate: number): void;
  addLevelSumsTile64(places: number, into: number, step: number): void;
  transportTile64(hard: boolean, least: number, centre: number, objective: number): void;
  describeTile64(hard: boolean, labels: number, logSum: number, logLargest: number): void;
  addMassesTile64(into: number, counts: number): void;
  addCouplingTile64(into: number): void;
  addScattersTile64(x: number, d: number, ...placesAndSteps: number[]): void;
  sumGathered64(d: number, ...placesAndStep: number[]): void;
  addDifferencesTile64(x: number, d: number, ...places: number[]): void;
  addProductsTile64(shares: number, numbers: number, into: number): void;
  addSharedTile64(y: number, d: number, means: number, second: number): void;
  addDenseSumsTile64(t: number, dense: number, into: number): void;
}
