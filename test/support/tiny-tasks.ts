import { stream } from '../../src/random/stream.ts';
import type { FrozenRow } from '../../src/sweep/vocabulary.ts';
import type { TinyTask } from './segment-run.ts';
import { letterIds, questionWords, tinyInstructions, tinyQuestions, writeTinyDecoder } from './tiny-decoder.ts';
import { tinyRows } from './tiny-model.ts';

const words = ['good', 'fine', 'bad', 'poor', 'the', 'a', 'film', 'day', 'was', 'is', 'very'];

/** Words of a row, by a stream of its own. */
function drawnWords(name: string, seed: number, row: number, least: number, most: number): string[] {
  const draw = stream(seed, name, row);
  const length = least + (draw.integers(1, most - least + 1)[0] ?? 0);
  return Array.from(draw.integers(length, words.length), (index) => words[index] ?? 'a');
}

/** Contexts of several windows, some of them without an answer: where a good or a bad thing is, if it is. */
function questions(seed: number, count: number): FrozenRow[] {
  return Array.from({ length: count }, (_, row) => {
    const context = drawnWords('tiny-questions', seed, row, 6, 24);
    const wanted = row % 2 === 0 ? 'good' : 'bad';
    const at = context.indexOf(wanted);
    const start = context.slice(0, at).join(' ').length + (at === 0 ? 0 : 1);
    return {
      id: `q${row}`,
      question: `${wanted} film`,
      context: context.join(' '),
      answers: at < 0 ? [] : [{ text: wanted, start }],
    };
  });
}

/** Which of three words a row has. */
function labelSets(seed: number, count: number): FrozenRow[] {
  return Array.from({ length: count }, (_, row) => {
    const text = drawnWords('tiny-label-sets', seed, row, 2, 7);
    const labels = ['bad', 'day', 'good'].flatMap((word, label) => (text.includes(word) ? [label] : []));
    return { text: text.join(' '), labels };
  });
}

/** Sentences of which some are longer than an input; what is good or bad is an entity, of one word or two. */
function sentences(seed: number, count: number): FrozenRow[] {
  return Array.from({ length: count }, (_, row) => {
    const tokens = drawnWords('tiny-sentences', seed, row, 2, 20);
    const isEntity = (word: string | undefined) => word === 'good' || word === 'bad' || word === 'film';
    const tags = tokens.map((word, at) => (!isEntity(word) ? 0 : isEntity(tokens[at - 1]) ? 2 : 1));
    return { tokens, tags };
  });
}

/** One small problem of every kind of task, for what holds for all of them. */
export const tinyTasks: Readonly<Record<string, TinyTask>> = {
  'text-classification': { shape: { kind: 'classification', label_names: ['bad', 'good'] }, rows: tinyRows },
  'text-regression': { shape: { kind: 'regression', label_names: [] }, rows: tinyRows },
  'multi-label-classification': {
    shape: { kind: 'multi-label-classification', label_names: ['bad', 'day', 'good'] },
    rows: labelSets,
  },
  'question-answering': {
    shape: { kind: 'question-answering', label_names: [], settings: { unanswerable: true } },
    rows: questions,
  },
  'token-classification': {
    shape: { kind: 'token-classification', label_names: ['O', 'B-X', 'I-X'] },
    rows: sentences,
  },
  'language-modelling': {
    shape: { kind: 'language-modelling', label_names: [], settings: { prompt: 'alpaca', end_token: '</s>' } },
    rows: tinyInstructions,
    model: { write: writeTinyDecoder, configuration: { targets: ['all-linear'], max_length: 80 } },
    aggregates: ['probabilities'],
  },
  'multiple-choice': {
    shape: {
      kind: 'multiple-choice',
      label_names: ['A', 'B', 'C', 'D'],
      settings: { shots: 1, letter_tokens: letterIds },
    },
    rows: tinyQuestions,
    model: {
      write: (folder) => writeTinyDecoder(folder, { more: questionWords }),
      configuration: { targets: ['all-linear'], max_length: 80 },
    },
  },
};
