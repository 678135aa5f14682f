/** Where one adapted linear's triplets lie in the flat vectors: offsets of Q [rank, in], P [out, rank], Λ [rank, 1]. */
export interface TripletPlace {
  readonly rank: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly q: number;
  readonly p: number;
  readonly lambda: number;
}

/** When ranks are taken away, and how slowly importance follows the steps. */
export interface AllocationSchedule {
  readonly totalSteps: number;
  /** t_i: up to this step (from 0) every triplet stays. */
  readonly warmupSteps: number;
  /** t_f: from totalSteps − t_f on the pattern of ranks is settled; that lies after t_i. */
  readonly finalSteps: number;
  /** ΔT: triplets are ranked at steps that it divides. */
  readonly interval: number;
  /** Mean rank of a linear in the end. */
  readonly targetRank: number;
  /** β1, of the sensitivity's average. */
  readonly sensitivitySmoothing: number;
  /** β2, of the uncertainty's average. */
  readonly uncertaintySmoothing: number;
}

/** An allocator's state between two steps; whole in a checkpoint. Vectors lie as the parameters do. */
export interface RankAllocation {
  /** Ī: average of |w · ∂L/∂w|. */
  readonly sensitivity: Float32Array;
  /** Ū: average of how far a step's sensitivity lies from Ī. */
  readonly uncertainty: Float32Array;
  /** 1 for each triplet, linear after linear, that the last ranking kept. */
  readonly active: Float32Array;
}

/** A step just taken, as the allocator sees it. */
export interface AllocatedStep {
  /** From 0. */
  readonly step: number;
  /** After the step's update. */
  readonly parameters: Float32Array;
  /** The gradient that the step's update was made from. */
  readonly gradient: Float32Array;
}

export function initialAllocation(places: readonly TripletPlace[], length: number): RankAllocation {
  const triplets = places.reduce((sum, { rank }) => sum + rank, 0);
  return {
    sensitivity: new Float32Array(length),
    uncertainty: new Float32Array(length),
    active: new Float32Array(triplets).fill(1),
  };
}

/**
 * Triplets that may stay at a step: all, then fewer along a cubic, then the target (arXiv 2303.10512, equation 8).
 * `ranks`: whether the step ranks them.
 */
export function rankBudget(
  schedule: AllocationSchedule,
  places: readonly TripletPlace[],
  step: number,
): { readonly budget: number; readonly ranks: boolean } {
  const { totalSteps, warmupSteps, finalSteps, interval, targetRank } = schedule;
  const first = places.reduce((sum, { rank }) => sum + rank, 0);
  const target = targetRank * places.length;
  const settled = totalSteps - finalSteps;
  if (step <= warmupSteps) return { budget: first, ranks: false };
  if (step >= settled) return { budget: target, ranks: step === settled };
  const above = shareAbove(schedule, step);
  return { budget: Math.trunc((first - target) * above + target), ranks: step % interval === 0 };
}

/** Share of what lies above the target that may stay at a step between the two phases without allocation. */
function shareAbove({ totalSteps, warmupSteps, finalSteps }: AllocationSchedule, step: number): number {
  const left = 1 - (step - warmupSteps) / (totalSteps - finalSteps - warmupSteps);
  return left * left * left;
}

/** Mean rank of a linear when so many steps have been taken: what the last ranking among them left. */
export function meanRank(schedule: AllocationSchedule, rank: number, stepsTaken: number): number {
  const { totalSteps, warmupSteps, finalSteps, interval, targetRank } = schedule;
  const last = stepsTaken - 1;
  if (last >= totalSteps - finalSteps) return targetRank;
  const ranking = last - (last % interval);
  if (last < 0 || ranking <= warmupSteps) return rank;
  return (rank - targetRank) * shareAbove(schedule, ranking) + targetRank;
}

/**
 * AdaLoRA's work after a step: follows the importance of every entry, at ranking steps zeroes Λ of the triplets
 * that the budget does not cover, and once the pattern is settled keeps them at zero. Importance of a triplet: its Λ's
 * plus the means over its row of Q and its column of P, each entry's being Ī · Ū (arXiv 2303.10512, equations 9 and
 * 10). As PEFT's AdaLoraModel.update_and_allocate, but for a budget of all triplets, which PEFT cannot rank by.
 * @returns the allocation after the step, and the parameters with Λ masked (the same vector where nothing is)
 */
export function allocateRanks(
  schedule: AllocationSchedule,
  places: readonly TripletPlace[],
  before: RankAllocation,
  { step, parameters, gradient }: AllocatedStep,
): { readonly allocation: RankAllocation; readonly parameters: Float32Array } {
  const settled = schedule.totalSteps - schedule.finalSteps;
  const followed = step < settled ? follow(schedule, places, before, { step, parameters, gradient }) : before;
  const { budget, ranks } = rankBudget(schedule, places, step);
  const allocation = ranks ? { ...followed, active: rankTriplets(places, followed, budget) } : followed;
  const masks = ranks || step > settled;
  return { allocation, parameters: masks ? maskTriplets(places, allocation.active, parameters) : parameters };
}

function follow(
  schedule: AllocationSchedule,
  places: readonly TripletPlace[],
  { sensitivity, uncertainty, active }: RankAllocation,
  { parameters, gradient }: AllocatedStep,
): RankAllocation {
  const { sensitivitySmoothing: beta1, uncertaintySmoothing: beta2 } = schedule;
  const newSensitivity = Float32Array.from(sensitivity);
  const newUncertainty = Float32Array.from(uncertainty);
  const followRange = (from: number, length: number): void => {
    for (let i = from; i < from + length; i += 1) {
      const now = Math.fround(Math.abs((parameters[i] ?? 0) * (gradient[i] ?? 0)));
      const average = Math.fround(beta1 * (sensitivity[i] ?? 0) + (1 - beta1) * now);
      newSensitivity[i] = average;
      newUncertainty[i] = beta2 * (uncertainty[i] ?? 0) + (1 - beta2) * Math.abs(now - average);
    }
  };
  for (const { rank, inFeatures, outFeatures, q, p, lambda } of places) {
    followRange(q, rank * inFeatures);
    followRange(p, outFeatures * rank);
    followRange(lambda, rank);
  }
  return { sensitivity: newSensitivity, uncertainty: newUncertainty, active };
}

/** 1 for each triplet above the score that the budget leaves no room for; triplets that tie with it go too. */
function rankTriplets(places: readonly TripletPlace[], allocation: RankAllocation, budget: number): Float32Array {
  const scores = Float32Array.from(places.flatMap((place) => tripletScores(place, allocation)));
  const surplus = scores.length - budget;
  const threshold = surplus <= 0 ? Number.NEGATIVE_INFINITY : (scores.toSorted()[surplus - 1] ?? 0);
  return scores.map((score) => (score <= threshold ? 0 : 1));
}

function tripletScores(
  { rank, inFeatures, outFeatures, q, p, lambda }: TripletPlace,
  { sensitivity, uncertainty }: RankAllocation,
): number[] {
  const importance = (index: number): number => (sensitivity[index] ?? 0) * (uncertainty[index] ?? 0);
  return Array.from({ length: rank }, (_, triplet) => {
    let row = 0;
    for (let i = 0; i < inFeatures; i += 1) row += importance(q + triplet * inFeatures + i);
    let column = 0;
    for (let i = 0; i < outFeatures; i += 1) column += importance(p + i * rank + triplet);
    return importance(lambda + triplet) + row / inFeatures + column / outFeatures;
  });
}

function maskTriplets(places: readonly TripletPlace[], active: Float32Array, parameters: Float32Array): Float32Array {
  const masked = Float32Array.from(parameters);
  let triplet = 0;
  for (const { rank, lambda } of places) {
    for (let i = 0; i < rank; i += 1, triplet += 1) if (active[triplet] !== 1) masked[lambda + i] = 0;
  }
  return masked;
}
