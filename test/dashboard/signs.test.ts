import { describe, expect, it } from 'vitest';
import { allMetrics } from '../../src/metrics/metrics.ts';
import { drawnName } from '../../src/dashboard/tables/view-columns.ts';
import { inGlyphs } from '../../src/dashboard/terminal/glyphs.ts';
import { textWidth } from '../../src/dashboard/terminal/text-width.ts';
import { initialViewState } from '../../src/dashboard/view-state.ts';
import { viewNamed, views } from '../../src/dashboard/views/views.ts';
import { cockpitSource } from './cockpit-source.ts';
import { cockpitSnapshot } from './cockpit-trials.ts';
import { drawFrame } from './draw-frame.ts';
import { viewRequest } from './view-request.ts';

const count = (text: string): number => text.split('?').length - 1;

/** Signs of a text that a set has nothing for. */
function unknown(text: string, set: 'ascii' | 'narrow'): readonly string[] {
  return [...new Set(Array.from(text))].filter((sign) => count(inGlyphs(sign, set)) > count(sign));
}

describe.each(['ascii', 'narrow'] as const)('the signs of every view in %s', (set) => {
  it.each(views.map(({ name }) => name))('are all known in %s, and as wide as they were', async (name) => {
    const snapshot = cockpitSnapshot();
    const { read, drawn } = viewNamed(name);
    // Quarters of a metric, and a legend of several glyphs.
    const choices = { 'trade-off x': 'update_norm', 'trade-off y': 'accuracy', 'axes y': 'update_norm' };
    const view = { ...initialViewState, view: name, subject: '7', choices, marked: [3, 11] };
    const first = read === null ? drawn : await read(cockpitSource, viewRequest(snapshot, view));
    const shown = (await first?.refine?.()) ?? first;
    for (const [width, height] of [
      [60, 20],
      [80, 24],
      [160, 50],
    ] as const) {
      const frame = drawFrame({ snapshot, view, read: shown, width, height });
      expect(unknown(frame, set), `${width}x${height}`).toEqual([]);
      for (const line of frame.split('\n')) expect(textWidth(inGlyphs(line, set))).toBe(textWidth(line));
    }
    const help = drawFrame({ snapshot, view: { ...view, help: true }, read: shown, width: 80, height: 60 });
    expect(unknown(help, set)).toEqual([]);
  });

  it('are known in the names of all metrics and settings', () => {
    const names = [
      ...allMetrics.map(({ name }) => name),
      'dropout_rate',
      'sparsity',
      'alpha',
      'weight_decay',
      'test_p',
    ];
    for (const name of names) expect(unknown(drawnName(cockpitSnapshot(), name), set), name).toEqual([]);
    expect(unknown('≤0.25 ≥1 − – — … ● ▲ ■ ◆ ✚ ✱ √2 Σ Λ η ‖ΔW‖', set)).toEqual([]);
  });
});
