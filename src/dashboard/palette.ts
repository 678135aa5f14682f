import { didYouMean } from '../sweep/sweep-file-problems.ts';
import type { SweepSnapshot } from '../store/sweep-snapshot.ts';
import { actions } from './actions.ts';
import type { KeyMeaning } from './key-bindings.ts';
import { commonBeginning, type PromptKind } from './prompt.ts';
import { views } from './views/views.ts';

/** Every word of the palette: actions, and views of one of many (`trial 12`). */
const words: readonly string[] = [
  ...actions.flatMap(({ name }) => name ?? []),
  ...views.flatMap(({ name, numbered }) => (numbered === undefined ? [] : [name])),
];

/** Asks for an action by its name. @param act does it */
export function palette(snapshot: SweepSnapshot, act: (meaning: KeyMeaning) => void): PromptKind {
  return {
    sign: ':',
    text: '',
    hint: (text) => {
      const numbered = views.find(({ name }) => name === text.trim())?.numbered;
      if (numbered !== undefined) return `1 to ${numbered(snapshot)}`;
      return beginning(text)
        .filter((word) => word !== text)
        .join(' ');
    },
    complete: (text) => {
      const [first, ...others] = beginning(text);
      if (first === undefined) return text;
      return others.reduce(commonBeginning, first);
    },
    submit: (text) => {
      if (text.trim() === '') return null;
      const meaning = meaningOf(text.trim(), snapshot);
      if (typeof meaning === 'string') return meaning;
      act(meaning);
      return null;
    },
  };
}

/** What a text asks for, or why it asks for nothing. The beginning of one word alone is that word. */
function meaningOf(text: string, snapshot: SweepSnapshot): KeyMeaning | string {
  const [typed = '', argument, ...more] = text.split(/\s+/);
  const begun = beginning(typed);
  const word = words.includes(typed) ? typed : begun.length === 1 ? begun[0] : undefined;
  if (word === undefined && begun.length > 1) return `${typed} could be ${begun.join(' or ')}`;
  if (word === undefined) return `there is no ${typed}${didYouMean(typed, words)}`;
  const numbered = views.find(({ name }) => name === word)?.numbered;
  if (numbered !== undefined) {
    const count = numbered(snapshot);
    const number = Number(argument);
    if (more.length > 0 || !Number.isInteger(number) || number < 1 || number > count) {
      return `${word} needs a number from 1 to ${count}`;
    }
    return { kind: 'view', action: { kind: 'open', opened: { view: word, subject: String(number) } } };
  }
  if (argument !== undefined) return `${word} takes nothing after it`;
  const action = actions.find(({ name }) => name === word);
  return action?.meaning(1) ?? `there is no ${word}`;
}

function beginning(text: string): readonly string[] {
  return words.filter((word) => word.startsWith(text));
}
