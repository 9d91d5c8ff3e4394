/**
 * From numbers of kept rows to those in the source, for rows that are at hand: rows left out are counted, and listed only
 * until those before them have been asked for.
 */
export class Numbering {
  private listed: number[] = [];
  /** Rows left out that are listed no more: they come before all that will be asked for. */
  private before = 0;

  /** Leaves out the row of this number in the source; numbers rise. */
  leaveOut(row: number): void {
    this.listed.push(row);
  }

  /** The number in the source of a kept row, none that was let go of. */
  of(kept: number): number {
    let row = kept + this.before;
    for (const out of this.listed) {
      if (out > row) break;
      row++;
    }
    return row;
  }

  /** Lets go of rows before a kept one. */
  letGo(kept: number): void {
    const next = this.of(kept);
    const rest = this.listed.filter((out) => out > next);
    this.before += this.listed.length - rest.length;
    this.listed = rest;
  }
}
