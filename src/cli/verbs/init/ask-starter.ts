import { DropsweepError } from '../../../base/errors.ts';
import { type CliContext, note } from '../../cli-context.ts';
import { withTerminal } from '../../reading/ask-terminal.ts';
import { type StarterAnswers, starterQuestions } from './starter-questions.ts';

/** More columns than this are not listed. */
const mostChoices = 12;

/** Asks on the terminal what is still open, until each answer is one; Enter takes the guess. */
export async function askStarter(context: CliContext, given: StarterAnswers): Promise<StarterAnswers> {
  return withTerminal(context, async (ask) => {
    let known = given;
    for (const { flag, open, take } of starterQuestions) {
      for (let question = open(known); question !== null; ) {
        const { text, choices, guess } = question;
        const listed = choices.length > mostChoices ? [...choices.slice(0, mostChoices), '…'] : choices;
        const among = listed.length === 0 ? '' : ` (${listed.join(', ')})`;
        const answer = (await ask(`${text}${among}${guess === null ? '' : ` [${guess}]`} `)) || guess;
        if (answer === null) continue;
        try {
          known = await take(answer, known);
          question = null;
        } catch (error) {
          if (!(error instanceof DropsweepError)) throw error;
          note(
            context,
            `${error.what}${error.facts.expected === undefined ? '' : `: expected ${error.facts.expected}`} (${flag})`,
          );
        }
      }
    }
    return known;
  });
}
