import { letterOf, type Question } from './read-question.ts';

/** What stands before all else, as MMLU's own evaluation writes it: a subject's words follow two spaces. */
export function introduction(subject: string | null): string {
  const about =
    subject === null
      ? ''
      : ` about ${subject
          .split('_')
          .map((word) => ` ${word}`)
          .join('')}`;
  return `The following are multiple choice questions (with answers)${about}.\n\n`;
}

/** A question with its choices, up to where its letter is expected. */
export function asked({ question, choices }: Pick<Question, 'question' | 'choices'>): string {
  const lines = choices.map((choice, index) => `\n${letterOf(index)}. ${choice}`);
  return `${question}${lines.join('')}\nAnswer:`;
}

/** The same with its letter, before another question. */
export function answered(question: Question): string {
  return `${asked(question)} ${letterOf(question.answer)}\n\n`;
}
