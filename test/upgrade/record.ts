import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import proto from '@temporalio/proto';
import { workflowVersion } from '../../src/messages/names.ts';
import { planSweep } from '../../src/search/planning/plan-sweep.ts';
import { workflowIdPrefix } from '../../src/messages/names.ts';
import { commandSweep } from '../../src/store/commands.ts';
import type { SweepDefinition } from '../../src/sweep/sweep-definition.ts';
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
const simulation = { step_ms: 60, failure_rate: 0.15, crash_rate: 0, steps: 40 };
const { definition, inputs } = simulatedPlan({ name: 'plain', trainings: 1, parallelism: 2, simulation });
const sweeps: readonly Partial<SweepDefinition>[] = [
  { name: 'plain', space: { dropout_rate: [0.1, 0.5], rank: [4, 8], seed: [0, 1, 2] } },
  { name: 'paused', space: { dropout_rate: [0.2, 0.4], seed: [3, 4] } },
  {
    name: 'halved',
    space: { learning_rate: [1e-4, 1e-3, 1e-2], seed: [0, 1, 2, 3] },
    scheduler: { kind: 'halving', rungs: [0.25, 0.5], keep: 0.5 },
  },
  {
    name: 'adaptive',
    space: { dropout_rate: [0.05, 0.9], rank: [2, 4, 8] },
    scales: { dropout_rate: 'linear' },
    search: { kind: 'tpe', trials: 14, seed: 5, startup: 4 },
    scheduler: { kind: 'median', rungs: [0.5], least: 3 },
  },
];
for (const change of sweeps) {
  await machine.launch(planSweep({ ...definition, parallelism: 2, ...change }, inputs));
}
await sleep(7_000);
await commandSweep(machine.store, 'paused', crypto.randomUUID(), { kind: 'pause' });
await sleep(5_000);
await Promise.all(machine.processes.workers.map((worker) => worker.kill()));
const query = `ExecutionStatus = "Running" AND WorkflowId STARTS_WITH "${workflowIdPrefix(machine.deployment)}"`;
const kept = new Set<string>();
for await (const { workflowId, runId, type } of machine.client.workflow.list({ query })) {
  const name = type === 'laneWorkflow' ? 'lane-in-flight' : 'sweep-in-flight';
  if (kept.has(name)) continue;
  kept.add(name);
  const history = await machine.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const plain = History.toObject(History.fromObject(history), { bytes: String, longs: String, enums: String });
  const json = JSON.stringify(plain, null, 1).replaceAll(/"identity": "[^"]*"/g, '"identity": "worker"');
  writeFileSync(join(process.cwd(), 'test', 'histories', `v${workflowVersion}-${name}.json`), `${json}\n`);
}
const record = await storeRecord(machine.databaseUrl, join(folder, 'checkpoints'));
const file = join(process.cwd(), 'test', 'upgrade', `schema-${record.schema.slice(0, 4)}.json.gz`);
writeFileSync(file, freeze(record));
console.log(file, ...kept);
await machine.stop();
machine.discard();
process.exit(0);
