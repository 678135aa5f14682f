/** PEFT divides AdaLoRA's alpha by rank + 1e-5. Source: peft.tuners.adalora.SVDLinear.forward. */
const epsilon = 1e-5;

/** s of an AdaLoRA adapter whose configuration says `lora_alpha`. */
export function scaleOfAlpha(alpha: number, rank: number): number {
  return alpha / (rank + epsilon);
}

/** The `lora_alpha` with which PEFT scales an AdaLoRA adapter by s. */
export function alphaOfScale(scale: number, rank: number): number {
  return scale * (rank + epsilon);
}
