import { formatCount } from '../../base/format-count.ts';
import { failureText } from '../../base/errors.ts';
import type { Cell } from '../document/document.ts';
import type { ReportSection } from './section.ts';
import { trainingsOf } from './trainings-of.ts';

export const failuresSection: ReportSection = {
  name: 'failures',
  heading: 'Failures',
  build({ snapshot }) {
    const failed = trainingsOf(snapshot).flatMap(({ trial, state, step, totalSteps, failure }) =>
      failure === null ? [] : [{ trial, state, step, totalSteps, failure }],
    );
    const collapsed = snapshot.trials.filter(({ metrics }) => metrics?.collapsed === true);
    if (failed.length === 0 && collapsed.length === 0) {
      return [{ kind: 'paragraph', text: 'No training failed, and none predicts one class for everything.' }];
    }
    const cell = (text: string, value: Cell['value'] = text): Cell => ({ text, value });
    return [
      ...(collapsed.length === 0
        ? []
        : [
            {
              kind: 'paragraph' as const,
              text: `These trials predict one class for everything (collapsed): ${collapsed.map(({ trial }) => trial).join(', ')}.`,
            },
          ]),
      ...(failed.length === 0
        ? []
        : [
            {
              kind: 'table' as const,
              name: 'failures-table',
              caption: `${formatCount(failed.length, 'training')} that failed`,
              columns: [
                { name: 'trial', heading: 'trial', align: 'right' as const },
                { name: 'state', heading: 'state', align: 'left' as const },
                { name: 'step', heading: 'step', align: 'right' as const },
                { name: 'failure', heading: 'what happened', align: 'left' as const },
              ],
              rows: failed.map(({ trial, state, step, totalSteps, failure }) => [
                cell(String(trial), trial),
                cell(state.replaceAll('_', ' ')),
                cell(`${step} of ${totalSteps}`, step),
                cell(failureText(failure).split('\n')[0] ?? ''),
              ]),
            },
          ]),
    ];
  },
};
