/** Row-wise softmax in float64. @param outputs [rows, classes] */
export function softmax(outputs: Float32Array | Float64Array, classes: number): Float64Array {
  const probabilities = new Float64Array(outputs.length);
  for (let start = 0; start < outputs.length; start += classes) {
    const largest = rowMaximum(outputs, start, classes);
    let sum = 0;
    for (let i = start; i < start + classes; i += 1) {
      const weight = Math.exp((outputs[i] ?? 0) - largest);
      probabilities[i] = weight;
      sum += weight;
    }
    for (let i = start; i < start + classes; i += 1) probabilities[i] = (probabilities[i] ?? 0) / sum;
  }
  return probabilities;
}

/** −log softmax(row)[label] per row, exact where the probability itself would underflow. @param outputs [rows, classes] */
export function negativeLogLikelihoods(
  outputs: Float32Array | Float64Array,
  classes: number,
  labels: readonly number[],
): Float64Array {
  return Float64Array.from(labels, (label, row) => {
    const start = row * classes;
    const largest = rowMaximum(outputs, start, classes);
    let sum = 0;
    for (let i = start; i < start + classes; i += 1) sum += Math.exp((outputs[i] ?? 0) - largest);
    return Math.log(sum) + largest - (outputs[start + label] ?? Number.NaN);
  });
}

function rowMaximum(outputs: Float32Array | Float64Array, start: number, classes: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < start + classes; i += 1) largest = Math.max(largest, outputs[i] ?? 0);
  return largest;
}
