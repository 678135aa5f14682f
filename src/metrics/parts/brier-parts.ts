import type { ClassScores } from '../forms/scored-set.ts';

const bins = 15;

/** Murphy's parts of the Brier score: reliability − resolution + uncertainty, but for what varies within bins. */
export interface BrierParts {
  readonly reliability: number;
  readonly resolution: number;
  readonly uncertainty: number;
}

/**
 * For each class its probability in 15 equal-width bins (i/15, (i+1)/15], summed over classes. Exact where all
 * probabilities of a bin are equal; else Brier differs by their variance within bins (Stephenson et al. 2008).
 */
export function brierParts({ names, probabilities, labels }: ClassScores): BrierParts {
  const classes = names.length;
  const rows = labels.length;
  const parts = { reliability: 0, resolution: 0, uncertainty: 0 };
  for (let k = 0; k < classes; k += 1) {
    const found = Array.from({ length: bins }, () => ({ count: 0, probability: 0, happened: 0 }));
    let happened = 0;
    for (const [row, label] of labels.entries()) {
      const probability = probabilities[row * classes + k] ?? 0;
      const bin = found[Math.min(bins - 1, Math.max(0, Math.ceil(probability * bins) - 1))];
      if (bin === undefined) continue;
      bin.count += 1;
      bin.probability += probability;
      if (label === k) {
        bin.happened += 1;
        happened += 1;
      }
    }
    const base = happened / rows;
    parts.uncertainty += base * (1 - base);
    for (const bin of found) {
      if (bin.count === 0) continue;
      const [share, claimed, observed] = [bin.count / rows, bin.probability / bin.count, bin.happened / bin.count];
      parts.reliability += share * (claimed - observed) ** 2;
      parts.resolution += share * (observed - base) ** 2;
    }
  }
  return parts;
}
