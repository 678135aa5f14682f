import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { figuresOf, type ReportDocument } from '../../src/report/document/document.ts';
import { renderHtml } from '../../src/report/document/render-html.ts';
import { escapeLatex } from '../../src/report/document/latex-text.ts';
import { renderLatex } from '../../src/report/document/render-latex.ts';
import { renderMarkdown } from '../../src/report/document/render-markdown.ts';
import { tableScript } from '../../src/report/document/table-script.ts';
import { sweepDocument } from '../../src/report/sweep-document.ts';
import type { TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import { hostileName, materialOf } from './report-material.ts';

const small = sweepDocument([materialOf(160)], 'Written today.');

function sectionOf(document: ReportDocument, id: string) {
  return document.sections.find((section) => section.id === id)?.blocks ?? [];
}

describe('the report of a sweep', () => {
  it('says in five sentences what was asked and what came out, from the numbers', () => {
    const [list] = sectionOf(small, 'summary').filter((block) => block.kind === 'list');
    expect(list?.items).toHaveLength(5);
    expect(list?.items[0]).toMatch(
      /^Asked: p in 0, 0\.1, 0\.2, 0\.3, 0\.5; λ in 0, 1e-5, 1e-4, 0\.001; N in 1, 2, on /,
    );
    expect(list?.items[1]).toMatch(/^Best by accuracy: p 0\.\d, .*M \d, with 0\.9\d+ over 1 seed/);
    expect(list?.items[3]).toMatch(/^The front over accuracy, ECE, complexity has \d+ of \d+ configurations, from p /);
    expect(list?.items[4]).toContain('1 training stopped early, which saved about');
    expect(list?.items[4]).toContain('1 of 160 trainings failed');
  });

  it('tells the machines that trained, each with its device and trainings', () => {
    const [table] = sectionOf(small, 'provenance').filter((block) => block.kind === 'table');
    const places = table?.rows.filter(([fact]) => fact?.text === 'trained on').map(([, place]) => place?.text);
    expect(places).toEqual([
      '60 trainings: forge, A processor, 8 cores, 31.2 GiB; cpu-1.30.0-avx2-1',
      '1 training: a machine that is no longer recorded; cpu-1.30.0-avx2-1',
    ]);
  });

  it('has the figures that a paper takes', () => {
    expect(figuresOf(small).map(({ name }) => name)).toEqual([
      'front',
      'axis-dropout_rate',
      'axis-sparsity',
      'axis-train_instances',
      'axis-ensemble_size',
      'train-loss',
      'evaluated-on-the-way',
      'reliability',
      'm-curve',
      'm-curve-loss',
      'gap',
      'loss-gap',
      'bound-and-gap',
      'estimated-bound-and-gap',
      'cost',
      'stopped-at',
    ]);
  });

  it('counts Theorem 4.5 over evaluations that have both of its sides alone', () => {
    const { snapshot, ...rest } = materialOf(160);
    /** @param members by the loss of the mean and the trial's number; null: it was not recorded */
    const counted = (members: (loss: number, trial: number) => number | null): string => {
      const trials = snapshot.trials.map((row): TrialRow => {
        if (row.metrics === null) return row;
        const { mean_member_loss: _, ...metrics } = row.metrics;
        const own = members(Number(metrics.loss), row.trial);
        return {
          ...row,
          metrics: { ...metrics, ...(own === null ? {} : { mean_member_loss: own }) },
        };
      });
      const document = sweepDocument([{ ...rest, snapshot: { ...snapshot, trials } }], 'Written today.');
      const table = sectionOf(document, 'ensemble-size').find(
        (block) => block.kind === 'table' && block.name === 'theorem-45',
      );
      return table?.kind === 'table' ? (/in (.+) evaluations?$/.exec(table.caption)?.[1] ?? '') : 'no table';
    };
    const all = counted((loss) => loss);
    const [held, of] = all.split(' of ').map(Number);
    expect(held).toBe(of);
    // Trial 2 is an ensemble; without a side it is none that the theorem was tried on, neither held nor broken.
    const one = counted((loss, trial) => (trial === 2 ? null : loss));
    expect(one).toBe(`${(held ?? 0) - 1} of ${(of ?? 0) - 1}`);
    const broken = counted((loss, trial) => (trial === 2 ? loss - 0.1 : loss));
    expect(broken).toBe(`${(held ?? 0) - 1} of ${of ?? 0}`);
  });

  it('sets what each further set scored beside the evaluated rows', () => {
    const { snapshot, ...rest } = materialOf(160);
    const { task } = snapshot.definition;
    const definition = { ...snapshot.definition, sets: [{ name: 'shift', task, own_task: false }] };
    const trials = snapshot.trials.map((row) => {
      const accuracy = Number(row.metrics?.accuracy);
      return row.metrics === null ? row : { ...row, metrics: { ...row.metrics, 'shift.accuracy': accuracy - 0.25 } };
    });
    const document = sweepDocument([{ ...rest, snapshot: { ...snapshot, definition, trials } }], '');
    const blocks = sectionOf(document, 'sets');
    const table = blocks.find((block) => block.kind === 'table');
    expect(table?.columns.map(({ name }) => name)).toEqual(['configuration', 'accuracy', 'shift.accuracy']);
    expect(table?.rows).toHaveLength(10);
    for (const [, here, there] of table?.rows ?? [])
      expect(Number(here?.value) - Number(there?.value)).toBeCloseTo(0.25);
    const said = blocks.flatMap((block) => (block.kind === 'paragraph' ? [block.text] : []));
    expect(said.join()).toMatch(/go together by ρ = 1\.00, 95 % 1\.00 to 1\.00/);
  });

  it('leaves out what the sweep has nothing to say of', () => {
    const { snapshot, ...rest } = materialOf(8);
    const bare = {
      ...rest,
      snapshot: { ...snapshot, trials: snapshot.trials.slice(0, 1) },
      curves: new Map(),
      effects: [],
    };
    const ids = sweepDocument([bare], '').sections.map(({ id }) => id);
    expect(ids).toContain('summary');
    for (const absent of ['axes', 'learning-curves', 'ensemble-size', 'early-stopping'])
      expect(ids).not.toContain(absent);
  });

  it('says that a simulated sweep is no result of any model', () => {
    const simulated = sweepDocument([materialOf(160, { trainer: 'simulated' })], '');
    for (const render of [renderHtml, renderMarkdown]) expect(render(simulated)).toContain('SIMULATED');
  });
});

describe('the page', () => {
  const page = renderHtml(small);

  it('is below 2 MB for 1,000 trials', () => {
    const large = renderHtml(sweepDocument([materialOf(1_000)], ''));
    expect(large.match(/<tr><th scope="row"/g)?.length).toBeGreaterThan(1_000);
    expect(Buffer.byteLength(large)).toBeLessThan(2_000_000);
  });

  it('fetches nothing and runs no script but its own', () => {
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
      /https?:\/\/|url\(|@import|<link|src=/,
    );
    expect(page).toMatch(/content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-[\w+/=]{44}'"/);
    expect(page.match(/<script/g)).toHaveLength(1);
  });

  it('names every figure, table and part for those who do not see it', () => {
    const svgs = page.match(/<svg [^>]*>/g) ?? [];
    expect(svgs).toHaveLength(figuresOf(small).length);
    for (const svg of svgs) expect(svg).toMatch(/role="img" aria-labelledby="[\w-]+" aria-describedby="[\w-]+"/);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/aria-(?:labelledby|describedby)="([^"]+)"/g)) expect(ids).toContain(id);
    expect(page.match(/<table/g)).toHaveLength((page.match(/<caption>[^<]+<\/caption>/g) ?? []).length);
    expect(page).not.toMatch(/<thead><tr><td/);
  });

  it('shows names as they are, whatever is in them', () => {
    const { snapshot, ...rest } = materialOf(160);
    const hostile = sweepDocument([{ ...rest, snapshot: { ...snapshot, name: hostileName } }], '');
    expect(renderHtml(hostile)).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; 50 %');
    expect(renderHtml(hostile).match(/<script/g)).toHaveLength(1);
    expect(renderMarkdown(hostile)).toContain('\\<script\\>alert("x")\\</script\\> & 50 % \\| \\\\\\_\\{a\\}');
    expect(renderLatex(hostile)).toContain('\\& 50 \\% \\textbar{} \\textbackslash{}\\_\\{a\\}');
  });
});

describe('the script of the page', () => {
  interface TableScript {
    readFilter(text: string, columns: Record<string, string>): { terms: unknown[]; problem: string | null };
    keeps(terms: unknown[], row: Record<string, string>): boolean;
    compareValues(a: string, b: string): number;
  }
  const script = runInNewContext(`${tableScript}\n({readFilter, keeps, compareValues})`) as TableScript;
  const columns = {
    p: 'dropout_rate',
    dropout_rate: 'dropout_rate',
    state: 'state',
    accuracy: 'accuracy',
    m: 'ensemble_size',
    ece: 'ece',
    train_instances: 'train_instances',
    tags: 'tags',
  };
  const row = {
    dropout_rate: '0.3',
    state: 'succeeded succeeded, reused',
    accuracy: '0.91',
    ensemble_size: '4',
    ece: '',
    train_instances: '2',
    tags: 'odd best',
  };
  const keeps = (filter: string, of = row): boolean => {
    const { terms, problem } = script.readFilter(filter, columns);
    return problem === null && script.keeps(terms, of);
  };

  it('keeps the rows that all terms of a filter hold of, in the words of show --where', () => {
    for (const held of [
      '',
      'p>=0.3 M=4 state:done',
      'p >= 0.3',
      'M=1,4 accuracy>0.9',
      'dropout_rate=0.30',
      'state:succeeded',
      'state:reused',
      'state!=failed',
      'succ',
      'p!=0.5',
      'accuracy<=0.91',
      'ece=none',
      'N=2',
      'tag=odd',
    ])
      expect(`${held} ${keeps(held)}`).toBe(`${held} true`);
    for (const missed of [
      'p>0.3',
      'M=4 accuracy>0.95',
      'M=1,8',
      'state:failed',
      'state:succ',
      'nothing',
      'ece<1',
      'ece=0',
      'tag=od',
    ])
      expect(`${missed} ${keeps(missed)}`).toBe(`${missed} false`);
    expect(keeps('state:failed', { ...row, state: 'out_of_memory out of memory' })).toBe(true);
    expect(keeps('state:collapsed', { ...row, state: 'succeeded succeeded, COLLAPSED' })).toBe(true);
  });

  it('says what it does not understand, as a column that the table has not', () => {
    const problem = (filter: string) => script.readFilter(filter, columns).problem;
    expect(problem('p>0 colour=1')).toMatch(/^this table has no column colour; it has p, dropout_rate, /);
    expect(problem('p>=')).toBe('p>= needs a value');
    expect(problem('p>high')).toBe('p> takes one number, not high');
    expect(problem('state>done')).toBe('a state has no order: state>done');
    expect(problem('>3')).toMatch(/^a condition begins with a column/);
    expect(problem('p>=0.3 M=4 state:done')).toBeNull();
  });

  it('sorts numbers as numbers, and what is missing last', () => {
    expect(['10', '9', '', '1e-5', 'b', 'a'].sort((a, b) => script.compareValues(a, b))).toEqual([
      '1e-5',
      '9',
      '10',
      'a',
      'b',
      '',
    ]);
  });
});

describe('the tables for a paper', () => {
  it('are in booktabs’ form, with as many cells in each line as columns', () => {
    const latex = renderLatex(small);
    const tabular = /\\begin\{tabular\}\{((?:[lr]|>\{[^}]*\}p\{[^}]*\})+)\}\n\\toprule\n([\s\S]*?)\\bottomrule/g;
    const tables = [...latex.matchAll(tabular)];
    expect(tables.length).toBeGreaterThan(3);
    for (const [, columns = '', body = ''] of tables) {
      for (const line of body.split('\n').filter((text) => text.endsWith('\\\\'))) {
        expect(line.split(/(?<!\\)&/)).toHaveLength(columns.replaceAll(/>\{[^}]*\}p\{[^}]*\}/g, 'p').length);
      }
    }
    expect(latex).toContain('\\begin{longtable}');
    // A hyphen is no minus sign, and an exponent is a power.
    expect(escapeLatex('-0.0100 ±0.019, lr 5e-4 of 2026-11-27')).toBe(
      '\\ensuremath{-}0.0100 \\ensuremath{\\pm}0.019, lr \\ensuremath{5\\times10^{-4}} of 2026-11-27',
    );
  });

  it('are Markdown with as many cells in each line', () => {
    const blocks = renderMarkdown(small)
      .split('\n\n')
      .filter((block) => block.startsWith('| '));
    expect(blocks.length).toBeGreaterThan(5);
    for (const block of blocks) {
      const widths = block.split('\n').map((line) => line.split(/(?<!\\)\|/).length);
      expect(new Set(widths).size).toBe(1);
    }
  });
});
