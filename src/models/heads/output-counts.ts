import { assertNever } from '../../base/assert-never.ts';
import type { HeadTask } from './heads.ts';

/** How many numbers a head gives for a sample, and for each of its tokens besides. */
export function outputCounts(head: HeadTask): { readonly sample: number; readonly token: number } {
  switch (head.of) {
    case 'samples':
      return { sample: head.outputs, token: 0 };
    case 'tokens':
      return { sample: 0, token: head.outputs };
    case 'next_words':
      return { sample: head.tokens.length, token: 0 };
    case 'next_tokens':
      return { sample: 0, token: 1 };
    case 'vocabulary':
      throw new Error('scores of a whole vocabulary are not stored');
    default:
      return assertNever(head, 'head');
  }
}
