import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { TrainingStep } from '../src/train/engine/adapter-engine.ts';
import { openAdapterEngine } from '../src/train/engine/open-adapter-engine.ts';
import { drawBatch, drawMasks, stepHyperparameters, stepRequest } from './step-request.ts';
import { ownBase } from './own-base.ts';

/*
 * Trainings that step together against the same in turn, and N instances against one, interleaved in one run:
 * npm run bench:packing -- [--model REFERENCE] [--rows 32] [--tokens 64] [--threads 2] [--rounds 8] [--members 4].
 */
const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: 'sentence-transformers/all-MiniLM-L6-v2' },
    rows: { type: 'string', default: '32' },
    tokens: { type: 'string', default: '64' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '8' },
    members: { type: 'string', default: '4' },
  },
});
const members = Number(options.members);
const folder = await ownBase(options.model);
const engine = await openAdapterEngine({ ...stepRequest, modelFolder: folder, threads: Number(options.threads) });
const { batch, labels } = drawBatch(Number(options.rows), Number(options.tokens));

const training = (instances: number, offset: number): TrainingStep => ({
  state: engine.initialState(0),
  instances: Array.from({ length: instances }, (_, i) => drawMasks(engine, offset + i)),
  hyperparameters: stepHyperparameters,
});
const trainings = Array.from({ length: members }, (_, member) => training(1, member));
const arms: readonly { readonly name: string; readonly trainings: readonly TrainingStep[]; readonly pack: number }[] = [
  { name: 'one training, N = 1', trainings: [training(1, 0)], pack: 1 },
  { name: `one training, N = ${members}, in turn`, trainings: [training(members, 0)], pack: 1 },
  { name: `one training, N = ${members}, packs of 2`, trainings: [training(members, 0)], pack: 2 },
  { name: `one training, N = ${members}, one pack`, trainings: [training(members, 0)], pack: members },
  { name: `${members} trainings in turn`, trainings, pack: 1 },
  { name: `${members} trainings, packs of 2`, trainings, pack: 2 },
  { name: `${members} trainings, one pack`, trainings, pack: members },
];
const times = arms.map((): number[] => []);
for (let round = 0; round < Number(options.rounds) + 1; round += 1) {
  for (const [index, arm] of arms.entries()) {
    const begun = performance.now();
    await engine.stepTogether(arm.trainings, batch, labels, arm.pack);
    if (round > 0) times[index]?.push(performance.now() - begun);
  }
}
const sorted = times.map((own) => own.toSorted((a, b) => a - b));
const one = sorted[0] ?? [];
const median = (own: readonly number[]) => own[Math.floor(own.length / 2)] ?? 0;
process.stdout.write(`${batch.rows} x ${batch.length} tokens, ${options.threads} threads, ${engine.numericsClass}\n`);
for (const [index, { name }] of arms.entries()) {
  const own = sorted[index] ?? [];
  const figures = `min ${(own[0] ?? 0).toFixed(1)} ms   median ${median(own).toFixed(1)} ms`;
  const ratio = `x${((own[0] ?? 0) / (one[0] ?? 1)).toFixed(3)} min, x${(median(own) / median(one)).toFixed(3)} median`;
  process.stdout.write(`${name.padEnd(36)} ${figures}   ${ratio} of N = 1\n`);
}
process.stdout.write(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB\n`);
await engine.close();
rmSync(folder, { recursive: true });
