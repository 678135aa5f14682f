import { measure } from '../../metrics/metrics.ts';
import { headingOf } from '../../tasks/task-metrics.ts';
import { scaleFor } from '../charts/chart.ts';
import { configurationScores, scoreInterval } from '../configuration-scores.ts';
import { paragraph } from '../document/document.ts';
import { configurationLabels } from './configuration-label.ts';
import type { ReportSection } from './section.ts';

export const boundSection: ReportSection = {
  name: 'bound',
  heading: 'The bound beside the gap',
  build({ snapshot, provenance }) {
    const label = configurationLabels(snapshot);
    const points = configurationScores(snapshot.trials).flatMap((score) => {
      const [first] = score.trials;
      const x = first === undefined ? null : measure(first, 'complexity');
      const gap = scoreInterval(score, 'loss_gap');
      // The generalisation gap is evaluated minus train loss.
      return x === null || gap === null
        ? []
        : [
            {
              x,
              y: -gap.mean,
              lower: gap.upper === null ? null : -gap.upper,
              upper: gap.lower === null ? null : -gap.lower,
              name: label(score),
            },
          ];
    });
    if (points.length === 0) return null;
    const constants = provenance.theoryConstants;
    const trivial = constants?.loss_bound ?? null;
    const vacuous = trivial === null ? 0 : points.filter(({ x }) => x > trivial).length;
    const loss = headingOf(snapshot.definition, 'loss');
    return [
      paragraph(
        'Complexity is the second term of Theorem 4.4 with estimated constants: a proxy that orders configurations, not a certificate.' +
          (trivial === null
            ? ''
            : ` It is larger than ${trivial.toPrecision(3)}, the loss of knowing nothing, for ${vacuous} of ${points.length} configurations: as a bound it says nothing there (it is vacuous).`),
      ),
      {
        kind: 'figure',
        name: 'bound-and-gap',
        caption: `Measured gap in ${loss} (evaluated minus train) against complexity`,
        chart: {
          description: `${points.length} configurations, with 95 % intervals over seeds (Student).`,
          x: { label: headingOf(snapshot.definition, 'complexity'), scale: scaleFor(points.map(({ x }) => x)) },
          y: { label: `${loss} evaluated − train`, scale: 'linear' },
          series: [{ name: 'configurations', marks: 'points', points }],
          references: [{ name: 'no gap', at: 0 }],
        },
      },
    ];
  },
};
