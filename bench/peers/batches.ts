import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { inputLengths } from '../../src/data/encoded-rows.ts';
import { epochBatches, planBatches } from '../../src/data/batches/epoch-batches.ts';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { readSweepFile } from '../../src/launch/read-sweep-file.ts';
import { loadDataset, settledBy } from '../../src/tasks/load-dataset.ts';
import { taskOf } from '../../src/tasks/tasks.ts';

/*
 * The batches that trainings of a sweep file draw, for a program that is to train by the same: of each epoch the batches, of
 * each batch its inputs, each as [line of the row in the train file, number of the input in the row].
 * `node dist/bench/peers/batches.js SWEEP.yaml BASE [SEED ...]` writes batches-SEED.json beside the sweep file.
 */
const [sweep, base, ...seeds] = process.argv.slice(2);
if (sweep === undefined || base === undefined) throw new Error('usage: batches.js SWEEP.yaml BASE [SEED ...]');
const definition = readSweepFile(sweep);
const { batch_size: batchSize, epochs, max_length: maxLength } = definition.training;
const { task, train, places } = await settledBy(await loadDataset(definition.task), resolve(base));
const request = { shape: task, ...openTokenizer(resolve(base)), maxLength, training: true as const };
const { inputs } = await taskOf(task).encode(train, request);
const plan = planBatches(inputLengths(inputs), batchSize);
const lineOf = (row: number) => Number(/:(\d+)$/.exec(places?.train[row] ?? '')?.[1]);
const numbers: number[] = [];
const names = inputs.map(({ row }) => [lineOf(row), (numbers[row] = (numbers[row] ?? -1) + 1)]);
for (const seed of seeds.length === 0 ? [0, 1, 2] : seeds.map(Number)) {
  const drawn = Array.from({ length: epochs }, (_, epoch) =>
    epochBatches(plan, seed, epoch).map(({ rows }) => Array.from(rows, (input) => names[input])),
  );
  writeFileSync(join(dirname(resolve(sweep)), `batches-${seed}.json`), JSON.stringify(drawn));
}
console.log(`${inputs.length} inputs, sorted by length in windows of ${plan.windowBatches} batches`);
