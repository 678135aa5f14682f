import { describe, expect, it } from 'vitest';
import { figuresOf, type ReportDocument } from '../../src/report/document/document.ts';
import { renderHtml } from '../../src/report/document/render-html.ts';
import { escapeLatex } from '../../src/report/document/latex-text.ts';
import { renderLatex } from '../../src/report/document/render-latex.ts';
import type { SweepMaterial } from '../../src/report/sections/material.ts';
import { sweepDocument } from '../../src/report/sweep-document.ts';
import { materialOf } from './report-material.ts';

const small = sweepDocument([materialOf(160)], 'Written today.');

function sectionOf(document: ReportDocument, id: string) {
  return document.sections.find((section) => section.id === id)?.blocks ?? [];
}

describe('the report of several sweeps', () => {
  const first = materialOf(160);
  const rest = materialOf(160, { name: 'another' });
  const onOtherRows = ({ provenance, ...material }: SweepMaterial): SweepMaterial => ({
    ...material,
    provenance: {
      ...provenance,
      inputs: { ...provenance.inputs, dev: { hash: '3'.repeat(64), rows: 200 } },
    },
  });
  /** The trials of one method, which another sweep lacks. */
  const trainedAs = (material: SweepMaterial, dropout: boolean): SweepMaterial => ({
    ...material,
    snapshot: {
      ...material.snapshot,
      trials: material.snapshot.trials.filter(({ configuration }) => configuration.dropout_rate > 0 === dropout),
    },
  });
  const tableOf = (document: ReportDocument) => {
    const [table] = sectionOf(document, 'methods').filter((block) => block.kind === 'table');
    return { headings: table?.columns.map(({ heading }) => heading), rows: table?.rows };
  };
  const both = sweepDocument([first, onOtherRows(rest)], '');

  it('opens with a table of methods by task', () => {
    const { headings, rows } = tableOf(both);
    // Both are of SpamAssassin, of different rows: the task's name would be that of both.
    expect(headings).toEqual(['method', 'quickstart: accuracy', 'another: accuracy']);
    expect(rows?.map(([method]) => method?.text)).toEqual(['LoRA', 'LoRA Dropout']);
  });

  it('has one column for a task whose methods are in several sweeps', () => {
    const whole = tableOf(sweepDocument([first, onOtherRows(rest)], '')).rows?.map(([, cell]) => cell?.text);
    const { headings, rows } = tableOf(sweepDocument([trainedAs(first, false), trainedAs(rest, true)], ''));
    expect(headings).toEqual(['method', 'spam-assassin: accuracy']);
    expect(rows?.map(([method, cell]) => [method?.text, cell?.text])).toEqual([
      ['LoRA', whole?.[0]],
      ['LoRA Dropout', whole?.[1]],
    ]);
  });

  it('takes the better of a method that two sweeps have, and says which', () => {
    const document = sweepDocument([first, trainedAs(rest, true)], '');
    const [table] = sectionOf(document, 'methods').filter((block) => block.kind === 'table');
    const notes = table?.notes?.map((note) => note.replace(/: p .*,/, ': …,'));
    expect(notes?.slice(1)).toEqual([
      'spam-assassin: accuracy, LoRA: …, of sweep quickstart.',
      'spam-assassin: accuracy, LoRA Dropout: …, of sweep quickstart.',
    ]);
    // Whoever pastes the table has them too.
    const latex = renderLatex(document);
    for (const note of table?.notes ?? []) expect(latex).toContain(`${escapeLatex(note)}\\par`);
  });

  it('has every figure twice, under names of its own', () => {
    const names = figuresOf(both).map(({ name }) => name);
    expect(new Set(names).size).toBe(2 * figuresOf(small).length);
    expect(names).toContain('s2-front');
    const ids = [...renderHtml(both).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
