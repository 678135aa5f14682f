import { complexity, estimatedConstants } from '../../evaluate/complexity.ts';
import { evaluatedNumber } from '../../metrics/values/evaluation-metrics.ts';
import { gapName } from '../../metrics/metrics.ts';
import { equivalentRate } from '../../sweep/mask-variant.ts';
import { headingOf } from '../../tasks/task-metrics.ts';
import { brailleChart, type ChartPoint } from '../charts/braille-chart.ts';
import { formatQuantity } from '../../metrics/values/format-value.ts';
import { clipLine, span } from '../terminal/styled-line.ts';
import type { TrainingCurves } from '../reading/view-source.ts';
import { lineOf, type PanelsOf } from './panel.ts';

/**
 * Theorem 4.4's second term beside the measured gap of the loss (evaluated minus train), over the steps: its constants are
 * the probe's, or the largest loss and gradient met until the step where these are above. The two differ by orders of
 * magnitude: each has a panel, with a scale of its own. On one, any term that grows would seem to fit.
 */
export const theoryPanels: PanelsOf = (curves, { definition }) => {
  const { constants, onTheWay } = curves;
  const gaps = onTheWay.flatMap(({ step, metrics }) => {
    const gap = evaluatedNumber(metrics, gapName('loss'));
    return gap === null ? [] : [{ x: step, y: -gap }];
  });
  const last = gaps.at(-1);
  if (constants === null || last === undefined) return [];
  const terms = termsAt(
    curves,
    constants,
    gaps.map(({ x }) => x),
  );
  const term = terms.at(-1);
  if (term === undefined) return [];
  const loss = headingOf(definition, 'loss');
  const vacuous = term.y > constants.loss_bound ? ', vacuous' : '';
  const numbers = `Theorem 4.4’s term ${formatQuantity(term.y)}${vacuous}, ${loss} gap ${formatQuantity(last.y)}`;
  const { loss_bound: bound, lipschitz } = constantsAt(curves, constants, last.x);
  const told = `C ${formatQuantity(bound)}, η ${formatQuantity(lipschitz)}, Λ ${formatQuantity(constants.hessian_minimum)}`;
  return [
    lineOf(`${loss} evaluated less train:`, gaps, 'step', formatQuantity),
    {
      captions: [numbers, `4.4’s term ${formatQuantity(term.y)}, gap ${formatQuantity(last.y)}`],
      draw: (width, height) => [
        clipLine([span(told, 'faint')], width),
        ...brailleChart({ points: terms, xName: 'step', width, height: height - 1 }),
      ],
    },
  ];
};

type Constants = NonNullable<TrainingCurves['constants']>;

function termsAt(curves: TrainingCurves, constants: Constants, steps: readonly number[]): readonly ChartPoint[] {
  const { configuration } = curves.trial;
  const rate = equivalentRate(configuration, configuration.dropout_rate);
  return steps.flatMap((step) => {
    const y = complexity(rate, configuration.sparsity, constantsAt(curves, constants, step));
    return Number.isFinite(y) ? [{ x: step, y }] : [];
  });
}

/** With what was met until a step. */
function constantsAt({ steps }: TrainingCurves, constants: Constants, step: number): Constants {
  const largest = (name: string): number =>
    (steps[name] ?? [])
      .filter((each) => each.step <= step && Number.isFinite(each.value))
      .reduce((most, { value }) => Math.max(most, value), 0);
  return estimatedConstants(constants, { loss: largest('data_loss'), gradientNorm: largest('gradient_norm') });
}
