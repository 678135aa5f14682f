/** A training's place at a rung. */
export interface RankedReport {
  readonly ordinal: number;
  readonly value: number;
}

/** Reports of one rung, the best first; ties go to the lower ordinal. Who failed is counted, not ranked. */
export class RankedRung {
  readonly reports: RankedReport[] = [];
  readonly failed = new Set<number>();

  /** Reports so far, failures included. */
  get heard(): number {
    return this.reports.length + this.failed.size;
  }

  /** @returns how many are better */
  insert(report: RankedReport): number {
    let low = 0;
    let high = this.reports.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.reports[middle];
      if (other !== undefined && isBetter(other, report)) low = middle + 1;
      else high = middle;
    }
    this.reports.splice(low, 0, report);
    return low;
  }
}

function isBetter(a: RankedReport, b: RankedReport): boolean {
  return a.value === b.value ? a.ordinal < b.ordinal : a.value > b.value;
}

/** Numbers of a reason: four digits are enough to see which is greater. */
export function spellValue(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'no value';
}
