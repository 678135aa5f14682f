import { didYouMean } from '../../sweep/file/sweep-file-problems.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { ActionArgument } from '../steering/action-arguments.ts';
import { actions } from '../steering/actions.ts';
import type { KeyMeaning } from './key-bindings.ts';
import { commonBeginning, type PromptKind } from './prompt.ts';
import { views } from '../views/views.ts';

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
      const given = argumentIn(text);
      if (given === null)
        return beginning(text)
          .filter((word) => word !== text)
          .join(' ');
      const words = begun(given.argument.words(snapshot), given.last);
      return given.last === '' && given.before.endsWith(' ') ? given.argument.hint : words.slice(0, 8).join(' ');
    },
    complete: (text) => {
      const given = argumentIn(text);
      const words = given === null ? beginning(text) : begun(given.argument.words(snapshot), given.last);
      const [first, ...others] = words;
      if (first === undefined) return text;
      return `${given?.before ?? ''}${others.reduce(commonBeginning, first)}`;
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
  const action = actions.find(({ name }) => name === word);
  const rest = text.slice(typed.length).trim();
  if (rest !== '') return action?.argument?.read(rest, snapshot) ?? `${word} takes nothing after it`;
  return action?.meaning?.(1) ?? `${word} needs ${action?.argument?.hint ?? 'more'}`;
}

/** Where a text is in an action's argument: what stands before its last word, and that word. */
function argumentIn(text: string): { readonly argument: ActionArgument; before: string; last: string } | null {
  const space = text.indexOf(' ');
  const argument = space < 0 ? undefined : actions.find(({ name }) => name === text.slice(0, space))?.argument;
  if (argument === undefined) return null;
  const last = /[^\s,-]*$/.exec(text)?.[0] ?? '';
  return { argument, before: text.slice(0, text.length - last.length), last };
}

function begun(wanted: readonly string[], beginning: string): readonly string[] {
  return wanted.filter((word) => word.startsWith(beginning) && word !== beginning);
}

function beginning(text: string): readonly string[] {
  return words.filter((word) => word.startsWith(text));
}
