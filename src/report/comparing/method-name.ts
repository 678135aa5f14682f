import { dropsElements, elementRates } from '../../sweep/element-dropout.ts';
import type { TrainingConfiguration } from '../../sweep/vocabulary.ts';

/** As papers spell them; another adapter is called as the sweep file calls it. */
const adapterNames: Readonly<Record<string, string>> = { lora: 'LoRA', adalora: 'AdaLoRA' };

/** A training's name in papers: its adapter, with the method's dropout, and with dropout of single elements. */
export function methodName(training: TrainingConfiguration): string {
  const { adapter, dropout_rate: rate } = training;
  const rates = elementRates(training);
  const elements = dropsElements(rates)
    ? Object.entries(rates).flatMap(([name, own]) => (own > 0 ? [name.replaceAll('_', ' ')] : []))
    : [];
  const own = `${adapterNames[adapter] ?? adapter}${rate > 0 ? ' Dropout' : ''}`;
  return [own, ...elements].join(' + ');
}
