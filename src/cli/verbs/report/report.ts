import { writeFile } from 'node:fs/promises';
import { DropsweepError } from '../../../base/errors.ts';
import { formatMoment } from '../../../dashboard/format-value.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { productVersion } from '../../../launch/product-version.ts';
import { renderChart } from '../../../report/charts/render-chart.ts';
import { documentFormats } from '../../../report/document/document-formats.ts';
import { figuresOf, type ReportDocument } from '../../../report/document/document.ts';
import type { SweepMaterial } from '../../../report/sections/material.ts';
import { sweepDocument } from '../../../report/sweep-document.ts';
import type { SweepSnapshot } from '../../../store/sweep-snapshot.ts';
import { didYouMean } from '../../../sweep/sweep-file-problems.ts';
import { type CliContext, note, progressOf, sayData } from '../../cli-context.ts';
import { demandFree } from '../../demand-free.ts';
import { readMaterial } from '../../read-material.ts';
import { readWholeSweep } from '../../read-report.ts';
import type { ReportFlags } from './report-verb.ts';

export async function report(this: CliContext, flags: ReportFlags, ...names: string[]): Promise<void> {
  const { out, figure } = flags;
  if (out !== undefined) demandFree(out, flags.force);
  const document = await withRecord(async ({ store }) => {
    const materials: SweepMaterial[] = [];
    for (const name of names.length === 0 ? [undefined] : new Set(names)) {
      const snapshot = await readWholeSweep(store, name);
      demandResults(snapshot);
      materials.push(await readMaterial(store, snapshot, progressOf(this)));
    }
    return sweepDocument(materials, `Written ${formatMoment(new Date())} by dropsweep ${productVersion()}.`);
  });
  const text = figure === undefined ? render(document, flags) : renderFigure(document, figure);
  if (out === undefined) {
    sayData(this, text);
    return;
  }
  await writeFile(out, text);
  note(this, `Wrote ${figure === undefined ? `a report of ${document.title}` : `the figure ${figure}`} to ${out}`);
}

/** As --format says, or else the file's ending. */
function render(document: ReportDocument, { format, out }: ReportFlags): string {
  const chosen = documentFormats.find(({ name, ending }) =>
    format === undefined ? out?.endsWith(ending) === true : name === format,
  );
  return (chosen ?? documentFormats[0]).render(document);
}

function renderFigure(document: ReportDocument, wanted: string): string {
  const figures = figuresOf(document);
  const found = figures.find(({ name }) => name === wanted);
  if (found !== undefined) return `${renderChart({ ...found, id: found.name })}\n`;
  const names = figures.map(({ name }) => name);
  throw new DropsweepError('USAGE', `the report has no figure ${wanted}${didYouMean(wanted, names)}`, {
    where: '--figure',
    expected: `one of ${names.join(', ')}`,
  });
}

/** @throws USAGE where nothing is scored that a report could be of */
function demandResults({ name, trials, trialCount }: SweepSnapshot): void {
  if (trials.some(({ metrics }) => metrics !== null)) return;
  throw new DropsweepError('USAGE', `the sweep ${name} has no results to report yet`, {
    got: `0 of ${trialCount} trials scored`,
    fix: `dropsweep wait ${name}; dropsweep show ${name} says how far it is`,
  });
}
