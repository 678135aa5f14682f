import type { AdapterKind } from '../../sweep/vocabulary.ts';

/** LoRA's factors are linears in PEFT, AdaLoRA's are bare parameters. */
const suffixes: Readonly<Record<AdapterKind, string>> = { lora: '.weight', adalora: '' };

/**
 * PEFT's name of a trainable tensor: `x.lora_A` is `base_model.model.x.lora_A.weight` (for AdaLoRA without `.weight`),
 * and the head, which PEFT keeps under modules_to_save, `head.classifier.bias`, is `base_model.model.classifier.bias`.
 * Source: peft.utils.save_and_load.get_peft_model_state_dict.
 */
export function peftTensorName(adapter: AdapterKind, name: string): string {
  const head = 'head.';
  return `base_model.model.${name.startsWith(head) ? name.slice(head.length) : `${name}${suffixes[adapter]}`}`;
}
