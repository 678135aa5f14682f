import type { TestMachine } from '../support/test-machine.ts';
import type { ChaosReport } from './chaos-run.ts';

/** Sentences about what is wrong after a chaos run; none: everything is accounted for. */
export async function checkChaos(machine: TestMachine, report: ChaosReport, withinMs: number): Promise<string[]> {
  const wrong: string[] = [];
  const deadline = performance.now() + withinMs;
  for (const { name, sweepId } of report.sweeps) {
    const state = await machine.finished(sweepId, Math.max(1_000, deadline - performance.now()));
    if (state === null) wrong.push(`${name} did not finish`);
    const account = await machine.account(sweepId);
    if (account.trainings !== 12) wrong.push(`${name} has ${account.trainings} trainings`);
    if (account.doubled > 0) wrong.push(`${name} has ${account.doubled} segments that were done twice`);
    if (account.gaps > 0) wrong.push(`${name} has ${account.gaps} trainings whose metrics have gaps or repeats`);
    if (state === 'completed' && account.open + (account.states['cancelled'] ?? 0) > 0) {
      wrong.push(`${name} is completed, with trainings ${JSON.stringify(account.states)}`);
    }
  }
  const open = await machine.openWorkflows(60_000);
  if (open.length > 0) wrong.push(`open workflows: ${open.join(', ')}`);
  wrong.push(...(await machine.looseEnds()));
  for (const process of [...machine.processes.workers, machine.processes.postgres, machine.processes.temporal]) {
    wrong.push(...process.surprises);
  }
  return wrong;
}
