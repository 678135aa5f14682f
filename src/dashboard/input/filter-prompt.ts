import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import type { TrialFilter } from '../../store/views/trials/trial-filter.ts';
import { commonBeginning, type PromptKind } from './prompt.ts';
import { filterColumns, readFilter } from '../tables/read-filter.ts';

/** Asks for which trials to show. */
export function filterPrompt(
  definition: SweepDefinition,
  current: TrialFilter | null,
  apply: (filter: TrialFilter | null) => void,
): PromptKind {
  const words = [...filterColumns(definition).keys()];
  return {
    sign: '/',
    text: current?.text ?? '',
    hint: (text) => {
      if (text === '') return 'p>=0.3 M=4 state:failed accuracy>0.9';
      return beginning(text, words).slice(0, 8).join(' ');
    },
    complete: (text) => {
      const [first, ...others] = beginning(text, words);
      if (first === undefined) return text;
      return `${text.slice(0, text.length - lastWord(text).length)}${others.reduce(commonBeginning, first)}`;
    },
    submit: (text) => {
      if (text.trim() === '') {
        apply(null);
        return null;
      }
      const read = readFilter(text, definition);
      if ('at' in read) return `at ${read.at}: ${read.text}`;
      apply(read);
      return null;
    },
  };
}

function lastWord(text: string): string {
  return /\S*$/.exec(text)?.[0] ?? '';
}

/** The words that the text's last one begins. */
function beginning(text: string, words: readonly string[]): readonly string[] {
  const begun = lastWord(text);
  return begun === '' ? [] : words.filter((word) => word.startsWith(begun) && word !== begun);
}
