import { aboveZero, wholeFrom } from '../file/number-rules.ts';
import { targetPattern } from '../file/target-pattern.ts';
import type { Field, YamlSection } from '../file/yaml-section.ts';
import { choiceForm, listForm, numberForm } from './field-forms.ts';
import type { TrainingFields } from './training-field.ts';

/** The form of a linear's update: s·BA, or s·P Λ Q with ranks that are taken away while it trains. */
export type AdapterKind = 'lora' | 'adalora';

export const adapterKinds = ['lora', 'adalora'] as const satisfies readonly AdapterKind[];

/** Fields that say which linears are adapted, and how. */
export interface AdapterShapeFields {
  readonly adapter: AdapterKind;
  readonly rank: number;
  readonly alpha: number;
  readonly scaling?: 'standard' | 'rank_stabilized';
  readonly targets: readonly string[];
  /** From 0; absent: all. */
  readonly layers?: readonly number[];
}

const adapterValue = { part: 'adapter', by: 'value' } as const;

export const adapterShapeFields = {
  adapter: {
    form: choiceForm(adapterKinds),
    default: 'lora',
    shapes: adapterValue,
    sentence: 'What a linear’s update is: s·BA, or s·P Λ Q with ranks that are taken away while it trains',
  },
  rank: {
    form: numberForm(wholeFrom(1)),
    default: 8,
    shapes: adapterValue,
    sentence: 'Rank of each linear’s update; where ranks are taken away, the one to begin with',
  },
  alpha: {
    form: numberForm(aboveZero),
    default: 16,
    shapes: adapterValue,
    sentence: 'What the update is scaled by, before the scaling',
  },
  scaling: {
    form: choiceForm(['standard', 'rank_stabilized']),
    default: 'standard',
    unwritten: true,
    shapes: adapterValue,
    sentence: 'The update is scaled by alpha / rank, or, rank-stabilised, by alpha / √rank',
  },
  targets: {
    form: listForm('all-linear, or a list of name suffixes and /regular expressions/', readTarget),
    default: ['all-linear'],
    canonical: (targets) => [...new Set(targets)].sort(),
    shapes: adapterValue,
    sentence:
      'The adapted linears, such as `[attention.self.query]`: whole names, ends of names at a dot, or `/patterns/` that match anywhere in a name (`/layer.1/` takes layers 10 and 11 too; `/layer\\.1\\./` does not)',
  },
  layers: {
    form: listForm('whole numbers of at least 0', (section, item) => section.numberOf(item, wholeFrom(0))),
    default: undefined,
    defaultWords: 'all',
    canonical: (layers) => layers && [...new Set(layers)].sort((a, b) => a - b),
    shapes: adapterValue,
    sentence: 'Numbers of the layers whose linears are adapted, counted from 0',
  },
} as const satisfies TrainingFields<AdapterShapeFields>;

function readTarget(section: YamlSection, item: Field): string | null {
  const target = section.textOf(item);
  try {
    if (target !== null) targetPattern(target);
  } catch (error) {
    section.wrong(
      item,
      `a regular expression between slashes (${error instanceof Error ? error.message : 'it is none'})`,
    );
  }
  return target;
}
