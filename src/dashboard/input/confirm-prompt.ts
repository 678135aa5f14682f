import type { PromptKind } from './prompt.ts';

/** Asks before something is done; anything but `y` or `yes` leaves it. */
export function confirmPrompt(question: string, act: () => void): PromptKind {
  return {
    sign: `${question} `,
    text: '',
    hint: (text) => (text === '' ? 'y and enter: yes; esc: no' : ''),
    complete: (text) => text,
    submit: (text) => {
      if (/^y(es)?$/i.test(text.trim())) act();
      return null;
    },
  };
}
