import type { ConditionKind } from '../condition-kind.ts';

/** Completed or cancelled; after a resume or an extension once more. */
export const end: ConditionKind = {
  name: 'end',
  form: 'end',
  brief: 'when the sweep is completed or cancelled',
  read: (rest) => {
    if (rest !== '') return null;
    return {
      text: 'end',
      begin: () => null,
      occurs: ({ sweep, state, finishedAt, trainings, ended, failed, best, objective }, memory) => {
        if (finishedAt === null || (state !== 'completed' && state !== 'cancelled') || memory === finishedAt)
          return null;
        const failures = failed === 0 ? '' : `, ${failed} of them failed`;
        const found =
          best === null || objective === null
            ? ''
            : `; best ${objective.metric} ${Number(best.value.toPrecision(6))}, trial ${best.trial}`;
        return {
          memory: finishedAt,
          text: `${sweep} is ${state}: ${ended} of ${trainings} trainings ended${failures}${found}`,
        };
      },
    };
  },
};
