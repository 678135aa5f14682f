import { DropsweepError } from '../../../base/errors.ts';
import { formatMoment } from '../../../metrics/values/format-value.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { productVersion } from '../../../launch/product-version.ts';
import { drawChart } from '../../../report/charts/draw-chart.ts';
import { figureFormats, type RenderedFigure } from '../../../report/charts/figure-formats.ts';
import { documentFormats } from '../../../report/document/document-formats.ts';
import { type Figure, figuresOf, type ReportDocument } from '../../../report/document/document.ts';
import type { SweepMaterial } from '../../../report/sections/material.ts';
import { sweepDocument } from '../../../report/sweep-document.ts';
import type { SweepSnapshot } from '../../../store/views/sweep-snapshot.ts';
import { didYouMean } from '../../../sweep/file/sweep-file-problems.ts';
import { type CliContext, note, progressOf } from '../../cli-context.ts';
import { demandFree } from '../../reading/demand-free.ts';
import { readMaterial } from '../../reading/read-material.ts';
import { readWholeSweep } from '../../reading/read-report.ts';
import { writeOut } from '../../output/write-out.ts';
import { chosenFormat } from './chosen-format.ts';
import type { ReportFlags } from './report-verb.ts';

export async function report(this: CliContext, flags: ReportFlags, ...names: string[]): Promise<void> {
  const { out, figure } = flags;
  const writer = figure === undefined ? documentWriter(flags) : figureWriter(flags, figure);
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
  const { content, remarks } = await writer(document);
  await writeOut(this, content, out);
  for (const remark of remarks) note(this, remark);
  if (out !== undefined)
    note(this, `Wrote ${figure === undefined ? `a report of ${document.title}` : `the figure ${figure}`} to ${out}`);
}

type Writer = (document: ReportDocument) => Promise<RenderedFigure>;

/** @throws USAGE for a format that documents have not, before anything is read */
function documentWriter(flags: ReportFlags): Writer {
  const otherwise = `; with --figure NAME, one figure as ${figureFormats.map(({ name }) => name).join(' or ')}`;
  const format = chosenFormat({ what: 'a report', otherwise }, documentFormats, flags);
  return async (document) => ({ content: await format.render(document), remarks: [] });
}

/** @throws USAGE for a format that figures have not, before anything is read */
function figureWriter(flags: ReportFlags, wanted: string): Writer {
  const format = chosenFormat({ what: 'a figure' }, figureFormats, flags);
  return async (document) => format.render(drawChart(figureOf(document, wanted)), wanted);
}

function figureOf(document: ReportDocument, wanted: string): Figure {
  const figures = figuresOf(document);
  const found = figures.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
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
