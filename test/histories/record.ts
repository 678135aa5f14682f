import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { workflowIdPrefix, workflowVersion } from '../../src/messages/names.ts';
import { commandSweep, type SweepCommand } from '../../src/store/commands.ts';
import { wakeSweep } from '../../src/worker/watching/wake-sweep.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';
import { TestMachine } from '../support/test-machine.ts';

const { History } = proto.temporal.api.history.v1;

/**
 * `npm run record:histories`: runs a sweep with commands and kills, and keeps the longest history of each workflow type
 * and end in this folder. Done once per workflow version, when it is released.
 */
const folder = mkdtempSync(join(tmpdir(), 'dropsweep-histories-'));
const machine = new TestMachine({ folder, drive: { segmentsPerRun: 6, segmentsPerSlice: 2, readingsPerRun: 5 } });
await machine.start();
const cancelled = new Set<string>();
const simulation = { step_ms: 20, failure_rate: 0.2, crash_rate: 0.2, steps: 20 };
for (const [name, end] of [
  ['recorded-completed', null],
  ['recorded-cancelled', { kind: 'cancel' }],
] as const) {
  const plan = simulatedPlan({ name, trainings: end === null ? 30 : 400, parallelism: 3, simulation });
  const sweepId = await machine.launch(plan);
  if (end !== null) cancelled.add(sweepId);
  const commands: SweepCommand[] = [
    { kind: 'pause' },
    { kind: 'resume' },
    { kind: 'set_parallelism', parallelism: 1 },
    { kind: 'set_parallelism', parallelism: 4 },
  ];
  for (const command of end === null ? commands : [...commands, end]) {
    await sleep(3_000);
    await commandSweep(machine.store, name, crypto.randomUUID(), command);
    await wakeSweep(machine.client, { deployment: machine.deployment, sweepId });
    if (command.kind === 'pause') {
      await machine.processes.workers[1]?.kill();
      await machine.processes.workers[1]?.start();
    }
  }
  console.log(name, await machine.finished(sweepId, 120_000));
}
await machine.openWorkflows(30_000);
for (const [name, json] of await longestHistories(machine.client, machine.deployment, cancelled)) {
  const file = join(process.cwd(), 'test', 'histories', `v${workflowVersion}-${name}.json`);
  writeFileSync(file, `${json.replaceAll(/"identity": "[^"]*"/g, '"identity": "worker"')}\n`);
  console.log(file);
}
await machine.stop();
machine.discard();
process.exit(0);

/** By workflow type, end, and whether its sweep was cancelled: a cancel is desired state, no end of a workflow's own. */
async function longestHistories(
  client: Client,
  deployment: string,
  cancelled: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const longest = new Map<string, { length: number; json: string }>();
  const query = `WorkflowId STARTS_WITH "${workflowIdPrefix(deployment)}"`;
  for await (const { workflowId, runId, type, status } of client.workflow.list({ query })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const end = status.name.toLowerCase().replaceAll('_', '-');
    const ofCancelled = [...cancelled].some((sweepId) => workflowId.includes(sweepId));
    const name = `${type === 'laneWorkflow' ? 'lane' : 'sweep'}-${ofCancelled ? 'of-cancelled-' : ''}${end}`;
    const length = history.events?.length ?? 0;
    if (length <= (longest.get(name)?.length ?? 0)) continue;
    const plain = History.toObject(History.fromObject(history), { bytes: String, longs: String, enums: String });
    longest.set(name, { length, json: JSON.stringify(plain, null, 1) });
  }
  return new Map([...longest].map(([name, { json }]) => [name, json]));
}
