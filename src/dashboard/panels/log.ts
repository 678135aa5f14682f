import { formatCount } from '../../base/format-count.ts';
import { formatClock, formatMoment } from '../../metrics/values/format-value.ts';
import { clipLine, span, type StyledLine } from '../terminal/styled-line.ts';
import type { TrainingCurves } from '../reading/view-source.ts';
import type { PanelsOf } from './panel.ts';

/** Columns from which the log says the day too. */
const dayFrom = 70;

export const logPanels: PanelsOf = (curves) => [
  { captions: logCaptions(curves), draw: (width, height) => logLines(curves, width, height) },
];

function logCaptions({ trial, events }: TrainingCurves): readonly string[] {
  const state = `log: ${trial.state.replaceAll('_', ' ')}, step ${trial.step} of ${trial.totalSteps}`;
  return [`${state}, ${formatCount(events.length, 'event')}`, state, 'log'];
}

/** The newest that fit, newest last. */
function logLines({ events }: TrainingCurves, width: number, height: number): readonly StyledLine[] {
  const moment = width < dayFrom ? formatClock : formatMoment;
  return events
    .slice(-Math.max(1, height))
    .map(({ at, text }) => clipLine([span(`${moment(at)} `, 'faint'), span(text)], width));
}
