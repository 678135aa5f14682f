import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { scoredForm } from './forms/scored-set.ts';

/** Tags of words, sentence by sentence. */
export const tagScores = scoredForm<{
  readonly sentences: readonly { readonly predicted: readonly string[]; readonly reference: readonly string[] }[];
}>('tags');

export const entityF1: Metric = {
  name: 'entity_f1',
  heading: 'entity F1',
  direction: 'maximize',
  range: [0, 1],
  format: formatScore,
  computations: [
    computedFrom(tagScores, ({ sentences }) => {
      const found = entitiesOf(sentences.map(({ predicted }) => predicted));
      const wanted = entitiesOf(sentences.map(({ reference }) => reference));
      const right = [...found].filter((entity) => wanted.has(entity)).length;
      return right === 0 ? 0 : (2 * right) / (found.size + wanted.size);
    }),
  ],
  over: 'corpus',
  gap: 'minimize',
  sentence: 'F1 of whole entities over all types, as seqeval has it without a scheme',
};

/** Each entity by its type, first and last word: seqeval's get_entities. */
export function entitiesOf(sentences: readonly (readonly string[])[]): ReadonlySet<string> {
  const entities = new Set<string>();
  for (const [sentence, tags] of sentences.entries()) {
    let before = { prefix: 'O', type: '' };
    let begin = 0;
    for (const [word, tag] of [...tags, 'O'].entries()) {
      const now = partsOf(tag);
      if (endsChunk(before, now)) entities.add(JSON.stringify([before.type, sentence, begin, word - 1]));
      if (startsChunk(before, now)) begin = word;
      before = now;
    }
  }
  return entities;
}

interface TagParts {
  readonly prefix: string;
  readonly type: string;
}

/** The first character, and what follows the first hyphen after it. */
function partsOf(tag: string): TagParts {
  const rest = tag.slice(1);
  const hyphen = rest.indexOf('-');
  return { prefix: tag.slice(0, 1), type: (hyphen < 0 ? rest : rest.slice(hyphen + 1)) || '_' };
}

const isOutside = (prefix: string): boolean => prefix === 'O' || prefix === '.';

function endsChunk(before: TagParts, now: TagParts): boolean {
  if (before.prefix === 'E' || before.prefix === 'S') return true;
  if ((before.prefix === 'B' || before.prefix === 'I') && ['B', 'S', 'O'].includes(now.prefix)) return true;
  return !isOutside(before.prefix) && before.type !== now.type;
}

function startsChunk(before: TagParts, now: TagParts): boolean {
  if (now.prefix === 'B' || now.prefix === 'S') return true;
  if (['E', 'S', 'O'].includes(before.prefix) && ['E', 'I'].includes(now.prefix)) return true;
  return !isOutside(now.prefix) && before.type !== now.type;
}
