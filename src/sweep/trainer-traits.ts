import type { TrainerKind } from './vocabulary.ts';

/** Properties of a trainer that the product asks for beside how it runs, which src/train/process/runners.ts has. */
export interface TrainerTraits {
  /** Trains by the method: configurations have its fields, and trials a complexity. Else names are the user's. */
  readonly method: boolean;
  /** Needs a base model and rows on the machine where it runs, and leaves adapters and outputs. */
  readonly base: boolean;
  /** Workers' slots run it. Else nobody does until a program asks. */
  readonly slots: boolean;
  /** A program lives on from one rung to the next: the slot that ran a training goes on with it where it may. */
  readonly staysOpen: boolean;
}

const traits: Readonly<Record<TrainerKind, TrainerTraits>> = {
  onnx: { method: true, base: true, slots: true, staysOpen: false },
  simulated: { method: true, base: false, slots: true, staysOpen: false },
  command: { method: false, base: false, slots: true, staysOpen: true },
  asked: { method: false, base: false, slots: false, staysOpen: false },
};

export function traitsOf(trainer: TrainerKind): TrainerTraits {
  return traits[trainer];
}

/** @param trainer as the record has it */
export function trainerNamed(trainer: string): TrainerKind {
  const known = Object.keys(traits).find((kind): kind is TrainerKind => kind === trainer);
  if (known === undefined) throw new Error(`this version knows no trainer ${trainer}`);
  return known;
}

/** Those with a trait, for queries. */
export function trainersWith(trait: keyof TrainerTraits): readonly TrainerKind[] {
  return Object.entries(traits).flatMap(([kind, has]) => (has[trait] ? [trainerNamed(kind)] : []));
}
