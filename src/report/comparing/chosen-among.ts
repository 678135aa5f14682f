import { canonicalJson } from '../../base/canonical-json.ts';
import type { EvaluationConfiguration, TrainingConfiguration } from '../../sweep/vocabulary.ts';

/** What belongs to an evaluation of a training. */
interface Evaluated {
  readonly training: TrainingConfiguration;
  readonly evaluation: EvaluationConfiguration;
}

/**
 * Those that a choice is made among: on the dev rows where anything was evaluated on these, else all. Test rows are looked
 * at when the choice is made; chosen on them, a winner would be told as better than it is.
 */
export function chosenAmong<One extends { readonly evaluation: Pick<EvaluationConfiguration, 'split'> }>(
  all: readonly One[],
): readonly One[] {
  const dev = all.filter(({ evaluation }) => evaluation.split === 'dev');
  return dev.length === 0 ? all : dev;
}

/** Finds of a configuration on the dev rows the same on the test rows; null: it was not evaluated there. */
export function testTwins<One extends Evaluated>(all: readonly One[]): (one: Evaluated) => One | null {
  const tests = all.filter(({ evaluation }) => evaluation.split === 'test');
  if (tests.length === 0 || tests.length === all.length) return () => null;
  const byRest = new Map(tests.map((one) => [besidesSplit(one), one]));
  return (one) => (one.evaluation.split === 'dev' ? (byRest.get(besidesSplit(one)) ?? null) : null);
}

/** Some configurations, and after them those of the same on the test rows. */
export function withTestTwins<One extends Evaluated>(some: readonly One[], all: readonly One[]): readonly One[] {
  const twin = testTwins(all);
  return [...some, ...some.flatMap((one) => twin(one) ?? [])];
}

function besidesSplit({ training, evaluation }: Evaluated): string {
  const { seed: _, ...configuration } = training;
  const { split: _split, ...rest } = evaluation;
  return canonicalJson({ configuration, rest });
}
