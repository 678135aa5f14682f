import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Table } from '../../src/report/document/document.ts';
import { escapeLatex } from '../../src/report/document/latex-text.ts';
import { renderLatex } from '../../src/report/document/render-latex.ts';
import { sweepDocument } from '../../src/report/sweep-document.ts';
import { materialOf } from './report-material.ts';

const hasLatex = spawnSync('pdflatex', ['--version']).status === 0;

const hostile = 'a_b & 50 % # ~ ^ \\_{x} $ | " < > λ ± é ł ą ß ’ — 日本 🙂 e\u0301 μ² −3 5e-4 \u200b.';

/** A table of so many columns, each of cells so long. */
function tableOf(name: string, columns: number, cell: string, more: Partial<Table> = {}): Table {
  const names = Array.from({ length: columns }, (_, index) => `column_${index}`);
  return {
    kind: 'table',
    name,
    caption: `${name}: ${hostile}`,
    columns: names.map((each) => ({ name: each, heading: each, align: 'right' })),
    rows: Array.from({ length: 3 }, () => names.map(() => ({ text: cell, value: cell }))),
    ...more,
  };
}

/*
 * The tables as somebody pastes them into a paper, set by pdflatex where the machine has one: no error, and nothing that
 * reaches beyond its line.
 */
describe.skipIf(!hasLatex)('tables that pdflatex sets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-latex-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function set(latex: string): string {
    const packages = [...latex.matchAll(/^% (\\usepackage.*)$/gm)].map(([, line]) => line);
    const lines = ['\\documentclass{article}', ...packages, '\\begin{document}', latex, '\\end{document}', ''];
    writeFileSync(join(folder, 'paper.tex'), lines.join('\n'));
    execFileSync('pdflatex', ['-interaction=nonstopmode', '-halt-on-error', 'paper.tex'], {
      cwd: folder,
      stdio: 'ignore',
    });
    return readFileSync(join(folder, 'paper.log'), 'latin1');
  }

  const wrong = (log: string): readonly string[] => log.match(/^(?:!|Overfull \\hbox).*$/gm) ?? [];

  it('of a whole report', () => {
    expect(wrong(set(renderLatex(sweepDocument([materialOf(160)], 'Written today.'))))).toEqual([]);
  });

  it('with any text, of many columns, of long words, and of none', () => {
    const hash = '4f'.repeat(40);
    const tables = [
      tableOf('text', 2, hostile.slice(0, 50)),
      tableOf('wide', 14, '0.6517 ±0.0161'),
      tableOf('long', 8, '0.6517', { searchable: true }),
      tableOf('lying', 14, '0.6517', { searchable: true }),
      tableOf('parts', 40, '0.6517', { searchable: true }),
      tableOf('hashes', 2, hash),
      tableOf('nothing', 3, '', { rows: [] }),
    ];
    const latex = renderLatex({ title: hostile, subtitle: '', sections: [{ id: 'all', heading: '', blocks: tables }] });
    expect(wrong(set(latex))).toEqual([]);
    expect(latex.match(/\\begin\{(?:sideways)?table\}/g)).toEqual([
      '\\begin{table}',
      '\\begin{sidewaystable}',
      '\\begin{table}',
      '\\begin{table}',
    ]);
    expect(latex.match(/\\begin\{longtable\}/g)?.length).toBeGreaterThan(3);
    expect(latex).toContain('\\begin{landscape}');
  });
});

describe('text for LaTeX', () => {
  it('is one of the Latin letters and signs that T1 has, or says which it is where the engine cannot set it', () => {
    expect(escapeLatex('é ł ß “q”')).toBe('é ł ß “q”');
    expect(escapeLatex('e\u0301')).toBe('é');
    expect(escapeLatex('本')).toBe('\\ifdefined\\Umathchar 本\\else[U+672C]\\fi{}');
    expect(escapeLatex('μ Δ ω')).toBe('\\ensuremath{\\mu} \\ensuremath{\\Delta} \\ensuremath{\\omega}');
    expect(escapeLatex('a\u00a0b\u200bc')).toBe('a b c');
  });

  it('has a table that no page is wide enough for in parts, each with its first column', () => {
    const sections = [{ id: 'all', heading: '', blocks: [tableOf('x', 60, '0.651', { searchable: true })] }];
    const latex = renderLatex({ title: '', subtitle: '', sections });
    const parts = latex.split('\\begin{longtable}').slice(1);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(part).toContain('\\toprule\ncolumn\\_0 & ');
    const columns = parts.flatMap((part) => part.match(/column\\_\d+/g) ?? []);
    expect(new Set(columns).size).toBe(60);
    expect(new Set(latex.match(/\\label\{[^}]+\}/g)).size).toBe(parts.length);
  });
});
