import { DropsweepError } from '../../../base/errors.ts';
import { lookAtData } from '../../../launch/data/look-at-data.ts';
import { guessedKinds, type LookedTable, type NamedTask } from '../../../tasks/look-at-table.ts';
import { usualBase } from '../../verb-parameters.ts';
import { parseSearchHours, type SearchHours } from './init-flags.ts';

/** What a sweep file is begun from, as far as it is known. */
export interface StarterAnswers {
  readonly data?: string;
  /** The rows of `data`, looked at. */
  readonly table?: LookedTable;
  readonly named: NamedTask;
  readonly base?: string;
  readonly hours?: SearchHours;
}

interface OpenQuestion {
  readonly text: string;
  readonly choices: readonly string[];
  /** What Enter takes; null: an answer is needed. */
  readonly guess: string | null;
}

/** One thing that is asked on a terminal, unless its flag answers it or the data leaves no doubt. */
export interface StarterQuestion {
  /** The flag that answers it too. */
  readonly flag: string;
  /** null: it is answered, or beyond doubt. */
  readonly open: (known: StarterAnswers) => OpenQuestion | null;
  /** @throws DropsweepError where that is no answer: it is asked again */
  readonly take: (answer: string, known: StarterAnswers) => StarterAnswers | Promise<StarterAnswers>;
}

/** Every question, in the order of asking. */
export const starterQuestions: readonly StarterQuestion[] = [
  {
    flag: '--data',
    open: ({ data }) =>
      data === undefined ? { text: 'Which file holds the texts and labels?', choices: [], guess: null } : null,
    take: async (data, known) => ({ ...known, data, table: await lookAtData(data) }),
  },
  {
    flag: '--text',
    open: (known) => columnQuestion('Which column holds the texts?', known, 'texts', known.named.text),
    take: (text, known) => named(known, { text }),
  },
  {
    flag: '--label',
    open: (known) => columnQuestion('Which column holds the labels?', known, 'labels', known.named.label),
    take: (label, known) => named(known, { label }),
  },
  {
    flag: '--task',
    open: ({ table, named }) => {
      const kinds = table?.candidates(named).kinds ?? [];
      const text = 'Labels are numbers: classes, or a scale?';
      return kinds.length > 1 ? { text, choices: kinds, guess: kinds[0] ?? null } : null;
    },
    take: (answer, known) => {
      const kind = guessedKinds.find((one) => one === answer);
      if (kind === undefined) throw noChoice('--task', answer, guessedKinds);
      return named(known, { kind });
    },
  },
  {
    flag: '--base',
    open: ({ base }) =>
      base === undefined ? { text: 'Which base model, a hub id or a folder?', choices: [], guess: usualBase } : null,
    take: (base, known) => ({ ...known, base }),
  },
  {
    flag: '--hours',
    open: ({ hours }) =>
      hours === undefined
        ? { text: 'Search for how many hours? none: a small grid, however long', choices: [], guess: 'none' }
        : null,
    take: (answer, known) => ({ ...known, hours: parseSearchHours(answer) }),
  },
];

/** @throws DropsweepError DATA_INVALID where the table has no such column */
function named(known: StarterAnswers, more: NamedTask): StarterAnswers {
  const all = { ...known.named, ...more };
  known.table?.candidates(all);
  return { ...known, named: all };
}

/** Open where several columns may be meant, or none is to be told: any may then. */
function columnQuestion(
  text: string,
  { table, named }: StarterAnswers,
  which: 'texts' | 'labels',
  said: string | undefined,
): OpenQuestion | null {
  if (table === undefined || said !== undefined || table.columns.length === 0) return null;
  const likely = table.candidates(named)[which];
  if (likely.length === 1) return null;
  return { text, choices: likely.length === 0 ? table.columns : likely, guess: likely[0] ?? null };
}

function noChoice(where: string, got: string, choices: readonly string[]): DropsweepError {
  return new DropsweepError('USAGE', 'that is none of the answers', {
    ...{ where, got },
    expected: choices.join(' or '),
  });
}
