import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { deviceOfSlot } from '../../src/train/process/device-of-slot.ts';
import { type CaseReport, type Measure, runCase } from './run-case.ts';

/**
 * `npm run conformance -- [--threads 1,2,4] [--exported model.dynamo.onnx] [--device webgpu] FOLDER…`: runs folders in
 * the format of the reference vectors and prints, for each, the worst relative error of logits, losses, gradients and
 * steps. Exit status 1 where a tolerance is missed or a folder cannot be run.
 */
const { values, positionals } = parseArgs({
  options: {
    threads: { type: 'string', default: '1' },
    exported: { type: 'string' },
    device: { type: 'string', default: 'cpu' },
  },
  allowPositionals: true,
});
const folders = positionals.map((folder) => path.resolve(folder));
const absent = folders.filter((folder) => !existsSync(path.join(folder, 'case.json')));
if (folders.length === 0 || absent.length > 0) {
  console.error(folders.length === 0 ? 'name one or more folders of vectors' : `no case.json in: ${absent.join(', ')}`);
  process.exit(2);
}

const kinds: readonly Measure['kind'][] = ['logits', 'losses', 'gradients', 'steps'];
const rows: string[][] = [];
let failed = 0;
for (const folder of folders) {
  for (const threads of values.threads.split(',').map(Number)) {
    const report = await attempt(folder, threads);
    if (report.misses.length > 0) failed += 1;
    rows.push([
      report.name,
      String(threads),
      ...kinds.map((kind) => report.measures.find((measure) => measure.kind === kind)?.worst.toExponential(1) ?? '–'),
      report.misses.length === 0 ? 'ok' : 'MISSED',
    ]);
    for (const miss of report.misses) console.error(`${report.name}, ${threads} threads: ${miss}`);
  }
}
print([['case', 'threads', ...kinds, ''], ...rows]);
console.log(`${rows.length} runs of ${folders.length} cases, ${rows.length - failed} within tolerance, ${failed} not`);
process.exit(failed === 0 ? 0 : 1);

async function attempt(folder: string, threads: number): Promise<CaseReport> {
  try {
    return await runCase(folder, threads, values.exported, deviceOfSlot({ DROPSWEEP_DEVICE: values.device }));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { name: path.basename(folder), measures: [], misses: [message] };
  }
}

function print(table: readonly (readonly string[])[]): void {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
