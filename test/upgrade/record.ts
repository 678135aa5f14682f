import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import proto from '@temporalio/proto';
import { prepareProgramSweep } from '../../src/launch/prepare-program-sweep.ts';
import { sweepWorkflowId, workflowIdPrefix, workflowVersion } from '../../src/messages/names.ts';
import { planSweep } from '../../src/search/planning/plan-sweep.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { commandSweep } from '../../src/store/commands.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { askTraining } from '../../src/store/programs/ask-training.ts';
import { reportTraining, tellTraining } from '../../src/store/programs/tell-training.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import type { SweepDefinition, SweepPlan } from '../../src/sweep/sweep-definition.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';
import { TestMachine } from '../support/test-machine.ts';
import { freeze, storeRecord } from './stored-record.ts';

const { History } = proto.temporal.api.history.v1;

/**
 * `npm run record:upgrade`: launches sweeps of every kind of search, kills all processes in the middle of them, and keeps
 * the whole record with the histories of their workflows: what the next version has to go on with. Done once per
 * version, when it is released.
 */
const folder = mkdtempSync(join(tmpdir(), 'dropsweep-upgrade-'));
const machine = new TestMachine({ folder, drive: { segmentsPerRun: 6, segmentsPerSlice: 2, readingsPerRun: 5 } });
await machine.start();
const simulation = { step_ms: 60, failure_rate: 0.1, crash_rate: 0, steps: 40 };
const { definition, inputs } = simulatedPlan({ name: 'plain', trainings: 1, parallelism: 2, simulation });
const planOf = (change: Partial<SweepDefinition>): SweepPlan =>
  planSweep({ ...definition, parallelism: 2, ...change }, inputs);
const range = (least: number) => ({
  space: { dropout_rate: [least, 0.9], rank: [2, 4, 8] },
  scales: { dropout_rate: 'linear' as const },
});
const tpe = (trials: number) => ({ kind: 'tpe', trials, seed: 5, startup: 4 });
const asha = { scheduler: { kind: 'asha', rungs: [0.25, 0.5], keep: 0.5 }, ...range(0.04), name: 'asha' };
const sweeps: readonly Partial<SweepDefinition>[] = [
  { name: 'plain', space: { dropout_rate: [0.1, 0.5], rank: [4, 8], seed: [0, 1, 2] } },
  { name: 'paused', space: { dropout_rate: [0.2, 0.4], seed: [3, 4] } },
  {
    name: 'halved',
    space: { learning_rate: [1e-4, 1e-3, 1e-2], seed: [0, 1, 2] },
    scheduler: { kind: 'halving', rungs: [0.25, 0.5], keep: 0.5 },
  },
  {
    ...{ name: 'adaptive', search: tpe(10), ...range(0.05) },
    scheduler: { kind: 'median', rungs: [0.5], least: 3 },
  },
  { ...asha, search: tpe(8) },
  {
    ...{ name: 'racing', search: tpe(4), ...range(0.06), scheduler: { kind: 'racing', error: 0.05, least: 2 } },
    space: { ...range(0.06).space, seed: [0, 1, 2] },
  },
  {
    ...{ name: 'budgeted', search: { kind: 'random', trials: 14, seed: 1 }, ...range(0.07) },
    budget: { trainings: 10, hours: 9, no_better_since: 50 },
  },
];
const ids = new Map<string, string>();
for (const change of sweeps) ids.set(change.name ?? '', await machine.launch(planOf(change)));
const asked = parseSweepFile(
  `name: asked
trainer: {ask: asked, metrics: {loss: minimize}, steps: 10}
space: {x: {min: 0, max: 1}}
search: {kind: tpe, trials: 8, seed: 5, startup: 3}
scheduler: {kind: asha, rungs: [0.5], keep: 0.5}
parallelism: 3
`,
  '/upgrade/sweep.yaml',
  { isFile: () => true, isFolder: () => true },
  taskSections,
  searchSections,
);
if (asked.program === undefined) throw new Error('a program asks for it');
await machine.launch(prepareProgramSweep(asked, asked.program).plan);
for (const loss of [0.5, 0.4, 0.3]) await askAndTell(loss);
await commandSweep(machine.store, 'paused', crypto.randomUUID(), { kind: 'pause' });
await untilEnded({ asha: 1 });
await commandSweep(machine.store, 'budgeted', crypto.randomUUID(), { kind: 'set_budget', changes: { trainings: 12 } });
const larger = planOf({ ...asha, search: tpe(12), space: { ...asha.space, rank: [16, 8, 4, 2] } });
await createSweep(machine.store, { plan: larger, datasets: [], launchedBy: {}, extend: true });
await untilEnded({ asha: 2, racing: 1, adaptive: 1, budgeted: 1 });
// Programs are in the middle of theirs: one has said nothing yet, one has reported between two rungs.
await askTraining(machine.store, { sweep: 'asked', leaseSeconds: 60, who: 'one' });
const other = await askTraining(machine.store, { sweep: 'asked', leaseSeconds: 60, who: 'other' });
if (other.kind === 'training')
  await reportTraining(machine.store, other.lease, { step: other.step + 2, values: { loss: 0.6 }, leaseSeconds: 60 });
await sleep(1_000);
await Promise.all(machine.processes.workers.map((worker) => worker.kill()));
const record = await storeRecord(machine.databaseUrl, join(folder, 'checkpoints'));
const version = `schema-${record.schema.slice(0, 4)}`;
await storeHistories();
const file = join(process.cwd(), 'test', 'upgrade', `${version}.json.gz`);
writeFileSync(file, freeze(record));
console.log(file);
await machine.stop();
machine.discard();
process.exit(0);

/** Waits until so many trainings of each of these sweeps have ended. */
async function untilEnded(counts: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, count] of Object.entries(counts))
    if (!(await machine.untilFinishedTrainings(ids.get(name) ?? '', count, 300_000)))
      throw new Error(`${name} has not come so far`);
}

/** A training from its beginning to its end, or to the rung that it waits at. */
async function askAndTell(loss: number): Promise<void> {
  const training = await askTraining(machine.store, { sweep: 'asked', leaseSeconds: 60, who: 'test' });
  if (training.kind !== 'training') throw new Error(`got ${training.kind}`);
  const { lease, report_at: step, steps } = training;
  const { answer } = await reportTraining(machine.store, lease, { step, values: { loss }, leaseSeconds: 60 });
  if (answer === 'go' && step < steps) await tellTraining(machine.store, lease, { kind: 'result', values: { loss } });
}

/** Of each search that adapts the workflows of its sweep and of its first lane, as they were cut off. */
async function storeHistories(): Promise<void> {
  const query = `ExecutionStatus = "Running" AND WorkflowId STARTS_WITH "${workflowIdPrefix(machine.deployment)}"`;
  const names = new Map<string, string>();
  for (const { id, name } of await machine.store.db.selectFrom('sweeps').select(['id', 'name']).execute())
    if (['asha', 'racing', 'asked'].includes(name)) names.set(id, name);
  const kept = new Set<string>();
  for await (const { workflowId, runId } of machine.client.workflow.list({ query })) {
    const [id, sweep] = [...names].find(([each]) => workflowId.includes(each)) ?? [];
    if (id === undefined) continue;
    const kind = workflowId === sweepWorkflowId(machine.deployment, id) ? 'sweep' : 'lane';
    const name = `v${workflowVersion}-${version}-${sweep}-${kind}-in-flight`;
    if (kept.has(name)) continue;
    kept.add(name);
    const history = await machine.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const plain = History.toObject(History.fromObject(history), { bytes: String, longs: String, enums: String });
    const json = JSON.stringify(plain, null, 1).replaceAll(/"identity": "[^"]*"/g, '"identity": "worker"');
    writeFileSync(join(process.cwd(), 'test', 'histories', `${name}.json`), `${json}\n`);
  }
  console.log(...kept);
}
