import type { ConditionKind } from '../condition-kind.ts';

/** A trial better by the first objective than all before it; the best at the time when the notice is set is not told. */
export const best: ConditionKind = {
  name: 'best',
  form: 'best',
  brief: 'when a trial is better by the first objective than all before',
  read: (rest) => {
    if (rest !== '') return null;
    return {
      text: 'best',
      begin: ({ best: found }) => found?.value ?? null,
      occurs: ({ sweep, best: found, objective }, memory) => {
        if (found === null || objective === null) return null;
        const sign = objective.direction === 'minimize' ? -1 : 1;
        if (typeof memory === 'number' && sign * found.value <= sign * memory) return null;
        const before = typeof memory === 'number' ? `, ${Number(memory.toPrecision(6))} before` : '';
        return {
          memory: found.value,
          text: `${sweep}: ${objective.metric} ${Number(found.value.toPrecision(6))} by trial ${found.trial}, the best so far${before}`,
        };
      },
    };
  },
};
