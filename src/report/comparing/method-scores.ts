import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import { testTwins } from './chosen-among.ts';
import { type ConfigurationScore, configurationScores } from './configuration-scores.ts';
import { rankScores } from './judgement.ts';
import { methodName } from './method-name.ts';

/** A method as a paper reports it: chosen on the dev rows, scored on the test rows where these were evaluated too. */
export interface MethodScore {
  readonly method: string;
  /** The best of the method's configurations, by the dev rows where there are such. */
  readonly chosen: ConfigurationScore;
  /** The same with the test rows; the chosen itself where there are none. */
  readonly reported: ConfigurationScore;
}

/** Each method's best configuration, in the order of the first trials. */
export function methodScores(
  { trials, trainer }: Pick<SweepSnapshot, 'trials' | 'trainer'>,
  objective: Objective,
): readonly MethodScore[] {
  // A program's configurations have none of the fields that a method is told by.
  const nameOf = ({ training }: ConfigurationScore): string =>
    traitsOf(trainer).method ? methodName(training) : 'program';
  const scores = configurationScores(trials);
  const twin = testTwins(scores);
  const best = new Map<string, ConfigurationScore>();
  for (const score of rankScores(scores, objective)) {
    const method = nameOf(score);
    if (!best.has(method)) best.set(method, score);
  }
  const order = [...new Set(scores.map(nameOf))];
  return order.flatMap((method) => {
    const chosen = best.get(method);
    if (chosen === undefined) return [];
    const test = twin(chosen);
    return [{ method, chosen, reported: test !== null && test.scored > 0 ? test : chosen }];
  });
}
