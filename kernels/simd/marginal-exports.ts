/** What assembly/marginal-*.ts export; places are byte addresses. */
export interface MarginalExports {
  readonly memory: WebAssembly.Memory;
  placeRows64(k: number, rows: number, ...places: number[]): void;
  begin64(rows: number, offsets: number): void;
  present64(rows: number, first: number, d: number, width: number, into: number): void;
  shear64(rows: number, y: number, width: number, ...places: number[]): void;
  stretch64(rows: number, y: number, width: number, ...places: number[]): void;
  complete64(factors: number, width: number, ...places: number[]): void;
  project64(rows: number, width: number, ...places: number[]): void;
  addDistances64(rows: number, width: number, z: number, rate: number): void;
  addRadial64(rows: number, width: number, z: number, parameters: number, rate: number, ...places: number[]): void;
  weigh64(rows: number, factors: number, remainders: number, sums: number): void;
  weightBy64(plan: number): void;
  addDense64(rows: number, first: number, dense: number, natural: number, rate: number): void;
  addLevel64(rows: number, column: number, natural: number, rate: number): void;
  transport64(rows: number, hard: boolean, least: number, ...places: number[]): void;
  addMasses64(rows: number, hard: boolean, into: number, coupling: number): void;
  addScatters64(rows: number, width: number, ...places: number[]): void;
  addSquares64(rows: number, width: number, ...places: number[]): void;
  addDenseSums64(rows: number, first: number, dense: number, into: number): void;
  addLevelSums64(rows: number, column: number, into: number): void;
}
