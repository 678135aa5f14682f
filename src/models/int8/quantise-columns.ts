/** A matrix, read from a flat array: element (row, column) lies at row · rowStride + column · columnStride. */
export interface StridedMatrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

export interface QuantisedColumns {
  /** [rows, columns], row-major */
  readonly elements: Int8Array;
  /** [columns]: what an element stands for is elements · scales */
  readonly scales: Float32Array;
}

/**
 * Rounds each column to −range … range steps of its largest magnitude / range.
 * @returns null where a value is not finite
 */
export function quantiseColumns(matrix: StridedMatrix, range: number): QuantisedColumns | null {
  const { values, rows, columns, rowStride, columnStride } = matrix;
  const magnitudes = new Float32Array(columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const magnitude = Math.abs(values[row * rowStride + column * columnStride] ?? Number.NaN);
      if (!Number.isFinite(magnitude)) return null;
      if (magnitude > (magnitudes[column] ?? 0)) magnitudes[column] = magnitude;
    }
  }
  const scales = magnitudes.map((magnitude) => magnitude / range);
  const elements = new Int8Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const scale = scales[column] ?? 0;
      const value = values[row * rowStride + column * columnStride] ?? 0;
      // A scale may round to zero: then the column is as good as zero.
      elements[row * columns + column] = scale === 0 ? 0 : Math.max(-range, Math.min(range, Math.round(value / scale)));
    }
  }
  return { elements, scales };
}
