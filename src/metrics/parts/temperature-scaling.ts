import type { ClassScores } from '../forms/scored-set.ts';

/** A probability of 0 is one that float64 cannot hold: its logarithm is finite all the same. */
const least = 1e-300;

/**
 * The temperature T at which softmax(log p / T) has the least mean negative log-likelihood of the labels (Guo et al.
 * 2017): above 1 where predictions are overconfident. Logits differ from log p by a number of each row's own, which
 * softmax takes away, so that T is that of the logits. Convex in 1/T; found to a relative 1e-9 between 1/150 and 150.
 */
export function fitTemperature(scores: ClassScores): number {
  const logs = scores.probabilities.map((probability) => Math.log(Math.max(least, probability)));
  let [low, high] = [-5, 5];
  const golden = (Math.sqrt(5) - 1) / 2;
  const at = (logInverse: number): number => meanLoss(logs, scores, Math.exp(logInverse));
  let [a, b] = [high - golden * (high - low), low + golden * (high - low)];
  let [atA, atB] = [at(a), at(b)];
  while (high - low > 1e-9) {
    if (atA < atB) {
      [high, b, atB] = [b, a, atA];
      a = high - golden * (high - low);
      atA = at(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + golden * (high - low);
      atB = at(b);
    }
  }
  return Math.exp(-(low + high) / 2);
}

/** The same predictions with probabilities softmax(log p / T). @param temperature of each row, or of all */
export function atTemperature(scores: ClassScores, temperature: number | readonly number[]): ClassScores {
  const classes = scores.names.length;
  const scaled = new Float64Array(scores.probabilities.length);
  for (let row = 0; row < scores.labels.length; row += 1) {
    const own = typeof temperature === 'number' ? temperature : (temperature[row] ?? 1);
    const possible = scores.choices?.[row] ?? classes;
    const logs = Array.from(scores.probabilities.subarray(row * classes, row * classes + possible), (probability) =>
      Math.log(Math.max(least, probability)),
    );
    const largest = Math.max(...logs);
    const weights = logs.map((log) => Math.exp((log - largest) / own));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    for (const [k, weight] of weights.entries()) scaled[row * classes + k] = weight / sum;
  }
  return { ...scores, probabilities: scaled };
}

function meanLoss(logs: Float64Array, { names, labels, choices }: ClassScores, inverse: number): number {
  const classes = names.length;
  let sum = 0;
  for (const [row, label] of labels.entries()) {
    const start = row * classes;
    const possible = choices?.[row] ?? classes;
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < possible; k += 1) largest = Math.max(largest, logs[start + k] ?? 0);
    let total = 0;
    for (let k = 0; k < possible; k += 1) total += Math.exp(inverse * ((logs[start + k] ?? 0) - largest));
    sum += Math.log(total) - inverse * ((logs[start + label] ?? 0) - largest);
  }
  return sum / labels.length;
}

/** Some rows alone, in this order. */
export function selectClassRows(scores: ClassScores, rows: ArrayLike<number>): ClassScores {
  const classes = scores.names.length;
  const chosen = Array.from(rows);
  const probabilities = new Float64Array(chosen.length * classes);
  for (const [index, row] of chosen.entries()) {
    probabilities.set(scores.probabilities.subarray(row * classes, (row + 1) * classes), index * classes);
  }
  const { choices, subjects } = scores;
  return {
    names: scores.names,
    ...(choices === undefined ? {} : { choices: chosen.map((row) => choices[row] ?? scores.names.length) }),
    ...(subjects === undefined ? {} : { subjects: chosen.map((row) => subjects[row] ?? null) }),
    probabilities,
    predictions: chosen.map((row) => scores.predictions[row] ?? 0),
    labels: chosen.map((row) => scores.labels[row] ?? 0),
  };
}
