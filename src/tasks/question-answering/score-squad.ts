import { formatCount } from '../../base/format-count.ts';
import { dataInvalid, type RawRow } from '../../data/raw-row.ts';
import { notJson } from '../../data/files/not-json.ts';
import { readJsonValue } from '../../data/files/read-json-value.ts';
import { readTextFile } from '../../data/files/read-text-file.ts';
import { answerExact, answerF1 } from '../../metrics/forms/answers.ts';
import type { OfficialScores, ScoringRequest } from '../official-scorer.ts';
import { readSquad } from './read-squad.ts';
import { readAnswers, readId } from './rows.ts';

interface ScoredQuestion {
  readonly id: string;
  readonly hasAnswer: boolean;
  readonly prediction: string | undefined;
  readonly exact: number;
  readonly f1: number;
}

/**
 * Scores predictions in SQuAD's format, `{id: text}`, as evaluate-v1.1.py does, or evaluate-v2.0.py where some question
 * has no answer. Departs from the latter where a prediction is missing: it stops there, here the question scores 0, as in
 * v1.1, and is counted in `missing`.
 * @throws DropsweepError DATA_INVALID with the place
 */
export function scoreSquad({ dataset, predictions, noAnswer, threshold = 1 }: ScoringRequest): OfficialScores {
  const { records } = readSquad(dataset);
  const unanswerable = records.some((row) => readAnswers(row).length === 0);
  const texts = readPredictions(predictions, (value) => typeof value === 'string', 'a text for each id');
  const questions = records.map((row) => scored(row, texts, unanswerable));
  const unknown = texts.size - questions.filter(({ prediction }) => prediction !== undefined).length;
  const notes = [
    missingNote(questions.filter(({ prediction }) => prediction === undefined)),
    unknown === 0
      ? null
      : `${formatCount(unknown, 'prediction')} of no question of the data set ${unknown === 1 ? 'is' : 'are'} passed over.`,
    unanswerable || noAnswer === undefined ? null : 'No question lacks an answer: --no-answer is not used.',
  ].filter((note) => note !== null);
  if (!unanswerable) return { scores: { exact_match: share(questions, 'exact'), f1: share(questions, 'f1') }, notes };
  if (noAnswer === undefined) return { scores: ofBothKinds(questions), notes };
  const margins = readPredictions(noAnswer, (value) => typeof value === 'number', 'a number for each id');
  const margin = ({ id }: ScoredQuestion) => {
    const value = margins.get(id);
    if (value === undefined)
      throw dataInvalid(noAnswer, 'a question has no probability of no answer', {
        got: id,
        expected: 'a number for the id of each question',
        fix: 'add it to the file, or leave --no-answer out',
      });
    return value;
  };
  const thresholded = questions.map((question) => {
    if (margin(question) <= threshold) return question;
    const right = question.hasAnswer ? 0 : 1;
    return { ...question, exact: right, f1: right };
  });
  const best = [bestThreshold(questions, 'exact', margin), bestThreshold(questions, 'f1', margin)] as const;
  const found = {
    best_exact: best[0].score,
    best_exact_thresh: best[0].threshold,
    best_f1: best[1].score,
    best_f1_thresh: best[1].threshold,
  };
  return { scores: { ...ofBothKinds(thresholded), ...found }, notes };
}

function scored(row: RawRow, texts: ReadonlyMap<string, string>, unanswerable: boolean): ScoredQuestion {
  const id = readId(row);
  const references = readAnswers(row).map(({ text }) => text);
  const prediction = texts.get(id);
  const against = [prediction ?? '', references, unanswerable] as const;
  const missing = prediction === undefined;
  return {
    id,
    hasAnswer: references.length > 0,
    prediction,
    exact: missing ? 0 : answerExact(...against),
    f1: missing ? 0 : answerF1(...against),
  };
}

function readPredictions<Value>(
  path: string,
  isValue: (value: unknown) => value is Value,
  expected: string,
): ReadonlyMap<string, Value> {
  const fix = 'give one JSON object, {"id of a question": its prediction}';
  const text = readTextFile(path);
  let parsed: unknown;
  try {
    parsed = readJsonValue(text, path);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw notJson(path, text, { expected, fix, cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw dataInvalid(path, 'a file of predictions is no object', {
      got: JSON.stringify(parsed).slice(0, 80),
      expected,
      fix,
    });
  }
  return new Map(
    Object.entries(parsed).map(([id, value]: [string, unknown]) => {
      if (isValue(value)) return [id, value];
      throw dataInvalid(`${path}: ${id}`, 'a prediction cannot be read', { got: JSON.stringify(value), expected, fix });
    }),
  );
}

function missingNote(missing: readonly ScoredQuestion[]): string | null {
  const [first] = missing;
  return first === undefined
    ? null
    : `${formatCount(missing.length, 'question')} ${missing.length === 1 ? 'has' : 'have'} no prediction and ${missing.length === 1 ? 'scores' : 'score'} 0, such as ${first.id}.`;
}

/** The scores, in per cent. */
function share(questions: readonly ScoredQuestion[], of: 'exact' | 'f1'): number {
  return (100 * questions.reduce((sum, question) => sum + question[of], 0)) / questions.length;
}

function ofBothKinds(questions: readonly ScoredQuestion[]): Record<string, number> {
  const parts = [
    ['', questions],
    ['HasAns_', questions.filter(({ hasAnswer }) => hasAnswer)],
    ['NoAns_', questions.filter(({ hasAnswer }) => !hasAnswer)],
  ] as const;
  return Object.fromEntries(
    parts.flatMap(([prefix, part]) =>
      part.length === 0
        ? []
        : [
            [`${prefix}exact`, share(part, 'exact')],
            [`${prefix}f1`, share(part, 'f1')],
            [`${prefix}total`, part.length],
          ],
    ),
  );
}

/** The official scorer's: questions are answered one after another in the order of their margins, from none on. */
function bestThreshold(
  questions: readonly ScoredQuestion[],
  of: 'exact' | 'f1',
  margin: (question: ScoredQuestion) => number,
): { score: number; threshold: number } {
  let current = questions.filter(({ hasAnswer }) => !hasAnswer).length;
  let best = { score: current, threshold: 0 };
  for (const question of questions.toSorted((a, b) => margin(a) - margin(b))) {
    if (question.hasAnswer) current += question[of];
    else if (question.prediction !== '') current -= 1;
    if (current > best.score) best = { score: current, threshold: margin(question) };
  }
  return { score: (100 * best.score) / questions.length, threshold: best.threshold };
}
