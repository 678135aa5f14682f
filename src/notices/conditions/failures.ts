import type { ConditionKind } from '../condition-kind.ts';

/** A share of few trainings says little: it is taken from so many ended ones on, or all. */
const leastEnded = 10;

/** Failed trainings over a share of those that have ended. Told once for a notice. */
export const failures: ConditionKind = {
  name: 'failures',
  form: 'failures>0.1',
  brief: `when more than this share of the trainings that have ended failed, once ${leastEnded} have, or all`,
  read: (rest) => {
    const [, number, percent] = /^\s*>\s*(\d+(?:\.\d+)?|\.\d+)\s*(%?)$/.exec(rest) ?? [];
    if (number === undefined) return null;
    const share = Number(number) / (percent === '%' ? 100 : 1);
    if (share >= 1) return null;
    return {
      text: `failures>${share}`,
      begin: () => null,
      occurs: ({ sweep, trainings, ended, failed }, memory) => {
        if (memory !== null || ended < Math.min(leastEnded, trainings) || failed <= share * ended) return null;
        return {
          memory: true,
          text: `${sweep}: ${failed} of ${ended} trainings that have ended failed, more than ${Number((100 * share).toPrecision(4))} %`,
        };
      },
    };
  },
};
