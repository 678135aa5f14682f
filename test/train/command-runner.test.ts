// Real programs, small ones of Node, run as a slot's trainer process runs a sweep's.
import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { CheckpointReference, EvaluateSegment, SegmentOutcome, TrainSegment } from '../../src/sweep/segment.ts';
import type { ProgramSettings } from '../../src/sweep/vocabulary.ts';
import { makeCommandRunner } from '../../src/train/program/command-runner.ts';
import { hashFiles } from '../../src/train/program/program-files.ts';
import type { RunCommand } from '../../src/train/process/segment-runner.ts';
import { TrainerProcess } from '../../src/train/process/trainer-process.ts';
import type { FromTrainer } from '../../src/train/process/trainer-protocol.ts';
import { expectOutcome, RecordingReporter } from '../support/segment-run.ts';
import { simulatedTrainSegment } from '../support/simulated-segment.ts';

const folder = mkdtempSync(join(tmpdir(), 'dropsweep-program-'));
let programs = 0;

/** A program of a few lines, which has `config` and `say`. */
function programOf(body: string, change: Partial<ProgramSettings> = {}): ProgramSettings {
  programs += 1;
  const file = `program-${programs}.mjs`;
  const head = `import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { spawn } from 'node:child_process';
const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const say = (value) => console.log(JSON.stringify(value));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));\n`;
  writeFileSync(join(folder, file), head + body);
  const settings = { command: [process.execPath, file, '{config}'], folder, steps: 4, terminate_seconds: 5 };
  return { ...settings, metrics: { loss: 'minimize' }, ...change };
}

function trainOf(program: ProgramSettings, change: Partial<TrainSegment> = {}): TrainSegment {
  const segment = simulatedTrainSegment({ steps: program.steps });
  const { simulation: _, ...specification } = segment.specification;
  return { ...segment, specification: { ...specification, trainer: 'command', program }, ...change };
}

function commandOf(segment: RunCommand['segment']): RunCommand {
  const places = { checkpointFolder: join(folder, 'checkpoints'), storeId: 'here', workFolder: join(folder, 'work') };
  return { kind: 'run', segment, ...places, datasetFiles: {}, modelFolder: '', checkpointEverySeconds: 60 };
}

function evaluationOf({ specification, trainingHash, trainingId }: TrainSegment, checkpoint: CheckpointReference) {
  const configuration = { split: 'dev', mode: 'raw', dropout_rate: 0, ensemble_size: 1, mask_seed: 0 } as const;
  const evaluation = { evaluationId: 'e', configuration: { ...configuration, aggregate: 'logits' as const } };
  const segment: EvaluateSegment = {
    ...{ kind: 'evaluate', lease: { segmentId: 's', epoch: 1 }, trainingId, trainingHash, rung: 0, attempt: 1 },
    ...{
      specification,
      checkpoint,
      evaluations: [{ ...evaluation, dataset: { hash: '', rows: 0 }, storedMembers: [] }],
    },
  };
  return commandOf(segment);
}

const train = async (segment: TrainSegment, reporter = new RecordingReporter(), runner = makeCommandRunner()) => ({
  outcome: await runner.run(commandOf(segment), reporter),
  reporter,
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100 && isAlive(pid); tries += 1) await sleep(50);
  return !isAlive(pid);
}

test('a program gets its configuration, and what it prints is recorded by step and scored', async () => {
  const segment = trainOf(
    programOf(`for (let step = 1; step <= config.steps; step += 1)
      say({ step, loss: config.configuration.learning_rate / step, seed: config.seed });`),
  );
  const { outcome, reporter } = await train(segment);
  const trained = expectOutcome(outcome, 'trained');
  expect(reporter.values('loss', trained.metrics)).toEqual([1e-3, 1e-3 / 2, 1e-3 / 3, 1e-3 / 4]);
  const evaluated = await makeCommandRunner().run(evaluationOf(segment, trained.checkpoint), new RecordingReporter());
  expect(expectOutcome(evaluated, 'evaluated').results[0]?.metrics).toEqual({ loss: 1e-3 / 4, seed: 1 });
});

test('a program runs on past a rung, and its next segment takes up what it said meanwhile', async () => {
  const program = programOf(`for (let step = 1; step <= 4; step += 1) { say({ step, loss: 1 / step, pid: process.pid });
    await sleep(50); }`);
  const runner = makeCommandRunner();
  const first = trainOf(program, { endStep: 2 });
  const reporter = new RecordingReporter();
  const rung = expectOutcome((await train(first, reporter, runner)).outcome, 'trained');
  expect(rung.checkpoint.step).toBe(2);
  await sleep(300);
  const again = { ...first, endStep: 4, checkpoint: rung.checkpoint };
  const end = expectOutcome((await train(again, reporter, runner)).outcome, 'trained');
  const pids = reporter.values('pid', [...rung.metrics, ...end.metrics]);
  expect(pids.length).toBe(4);
});

test('a program that is not asked to go on after a rung gets SIGTERM, with all that it started', async () => {
  const program = programOf(`const child = spawn('sleep', ['60']);
    process.on('SIGTERM', () => { writeFileSync(config.folder + '/told', 'SIGTERM'); process.exit(0); });
    say({ step: 1, loss: 1, pid: process.pid, child: child.pid }); await sleep(60_000);`);
  const runner = makeCommandRunner();
  const stopped = trainOf(program, { endStep: 1 });
  const { reporter, outcome } = await train(stopped, new RecordingReporter(), runner);
  const { metrics } = expectOutcome(outcome, 'trained');
  // The slot is given another training: this one was stopped at its rung.
  await train(trainOf(programOf(`say({ step: 1, loss: 1 });`)), new RecordingReporter(), runner);
  expect(await gone(reporter.values('pid', metrics)[0] ?? 0)).toBe(true);
  expect(await gone(reporter.values('child', metrics)[0] ?? 0)).toBe(true);
  expect(readFileSync(join(folder, 'work', stopped.trainingHash, 'told'), 'utf8')).toBe('SIGTERM');
});

test('a program that does not heed SIGTERM is killed after its time', async () => {
  const program = programOf(`process.on('SIGTERM', () => {}); say({ step: 1, loss: 1, pid: process.pid });
    await sleep(60_000);`);
  const segment = trainOf({ ...program, terminate_seconds: 0.3 });
  const { outcome, reporter } = await train(segment, new RecordingReporter(1));
  expect(outcome.kind).toBe('released');
  expect(await gone(reporter.values('pid')[0] ?? 0)).toBe(true);
});

test('a program whose slot is wanted back goes on later, from what it kept in its folder', async () => {
  const program = programOf(`const kept = config.folder + '/kept';
    const from = existsSync(kept) ? Number(readFileSync(kept, 'utf8')) : 0;
    for (let step = from + 1; step <= 4; step += 1) {
      writeFileSync(kept, String(step)); say({ step, loss: step, told: config.step }); await sleep(step === 2 ? 60_000 : 0); }`);
  const segment = trainOf(program);
  const reporter = new RecordingReporter(2);
  expect((await train(segment, reporter)).outcome.kind).toBe('released');
  const [checkpoint = null] = reporter.checkpoints;
  expect(checkpoint?.step).toBe(2);
  const later = await train({ ...segment, checkpoint });
  const { metrics } = expectOutcome(later.outcome, 'trained');
  expect(later.reporter.values('loss', metrics)).toEqual([3, 4]);
  expect(later.reporter.values('told', metrics)).toEqual([2, 2]);
});

test.each([
  [
    'a status is its own word, with what it wrote last',
    `console.error('no \\u001b[31mroom'); process.exit(7);`,
    {},
    'PROGRAM_FAILED: the program ended with status 7: no room',
  ],
  [
    'what it wrote last stands in the first line, which is all that lists show, and what it wrote before that below',
    `console.error('File "train.py", line 3'); console.error('ValueError: no rows'); process.exit(1);`,
    {},
    'PROGRAM_FAILED: the program ended with status 1: ValueError: no rows; before that it wrote:\nFile "train.py", line 3',
  ],
  [
    'a value that is no number is a divergence',
    `say({ step: 1, loss: 1 }); console.log('{"step": 2, "loss": NaN}'); await sleep(60_000);`,
    {},
    'NON_FINITE: loss is no number at step 2',
  ],
] as const)('%s', async (_, body, change, message) => {
  const { outcome } = await train(trainOf(programOf(body, change)));
  expect(expectOutcome(outcome, 'failed').message).toContain(message);
});

/** What the record is told of a bundle's one segment. */
const endOf = (command: RunCommand) =>
  new Promise<SegmentOutcome>((ended, failed) => {
    const process = new TrainerProcess({
      send: (message) => message.kind === 'done' && ended(message.outcome),
      openRunner: () => Promise.resolve(makeCommandRunner()),
      leave: () => undefined,
      fail: failed,
    });
    process.receive(command);
  });

test('a program that does not end in its time is ended, and its training infeasible', async () => {
  const program = programOf(`say({ step: 1, loss: 1 }); await sleep(60_000);`, { timeout_seconds: 0.3 });
  const outcome = expectOutcome(await endOf(commandOf(trainOf(program))), 'failed');
  expect(outcome).toMatchObject({ outcome: 'infeasible', code: 'PROGRAM_TIMEOUT' });
});

test.each([
  [
    'another metric',
    `console.log('hello'); say({ step: 1, accuracy: 1 });`,
    'got: at its last, step 1, accuracy\n  expected: at its last step a line such as {"step": 4, "loss": 0.5}',
  ],
  ['nothing', `console.log('hello');`, 'got: no line of JSON on its standard output'],
  [
    'it at an earlier step alone',
    `say({ step: 1, loss: 1 }); say({ step: 4, accuracy: 1 });`,
    'got: at its last, step 4, accuracy; loss at steps before it alone',
  ],
])('a program that ends with %s is at fault, not its configuration', async (_, body, message) => {
  const segment = trainOf(programOf(body));
  const { checkpoint } = expectOutcome((await train(segment)).outcome, 'trained');
  const outcome = expectOutcome(await endOf(evaluationOf(segment, checkpoint)), 'failed');
  expect(outcome).toMatchObject({ outcome: 'crashed', code: 'PROGRAM_UNMEASURED' });
  expect(outcome.message).toContain(message);
});

test.each([
  ['counts on', `for (let line = 1; line <= 6; line += 1) say({ loss: line }); await sleep(60_000);`, 5],
  ['names one', `say({ step: 9, loss: 1 }); await sleep(60_000);`, 9],
])(
  'a program that reports past its end is ended, and told how many steps it has, where it %s',
  async (_, body, step) => {
    const outcome = expectOutcome(await endOf(commandOf(trainOf(programOf(body)))), 'failed');
    expect(outcome).toMatchObject({ outcome: 'crashed', code: 'PROGRAM_PAST_END' });
    expect(outcome.message).toContain(`got: a report of step ${step}\n  expected: at most 4`);
  },
);

test('a program that names no steps and begins anew after a pause comes to its end', async () => {
  const body = `for (let line = 1; line <= 4; line += 1) { say({ loss: line }); await sleep(line < 4 ? 20 : config.step === 0 ? 60_000 : 0); }`;
  const segment = trainOf(programOf(body));
  const reporter = new RecordingReporter(3);
  expect((await train(segment, reporter)).outcome.kind).toBe('released');
  const [checkpoint = null] = reporter.checkpoints;
  const { outcome } = await train({ ...segment, checkpoint });
  const end = expectOutcome(outcome, 'trained').checkpoint;
  const scored = await makeCommandRunner().run(evaluationOf(segment, end), new RecordingReporter());
  expect(expectOutcome(scored, 'evaluated').results[0]?.metrics).toEqual({ loss: 4 });
});

test('a rung waits for all lines of its step', async () => {
  const program = programOf(`say({ step: 1, loss: 9, accuracy: 1 }); say({ step: 2, accuracy: 1 }); await sleep(300);
    say({ step: 2, loss: 3 }); await sleep(60_000);`);
  const metrics = { loss: 'minimize', accuracy: 'maximize' } as const;
  const segment = trainOf({ ...program, metrics }, { endStep: 2 });
  const { checkpoint } = expectOutcome((await train(segment)).outcome, 'trained');
  const scored = await makeCommandRunner().run(evaluationOf(segment, checkpoint), new RecordingReporter());
  expect(expectOutcome(scored, 'evaluated').results[0]?.metrics).toEqual({ loss: 3, accuracy: 1 });
});

test('a program that ends before its last step has reached it with what it said last, which an event says', async () => {
  const segment = trainOf(programOf(`say({ step: 1, loss: 2, accuracy: 1 }); say({ step: 2, loss: 1 });`));
  const { outcome, reporter } = await train(segment);
  const { checkpoint } = expectOutcome(outcome, 'trained');
  expect(checkpoint.step).toBe(4);
  expect(reporter.events).toEqual([{ name: 'ended_early', detail: { step: 2, of: 4 } }]);
  const scored = await makeCommandRunner().run(evaluationOf(segment, checkpoint), new RecordingReporter());
  expect(expectOutcome(scored, 'evaluated').results[0]?.metrics).toEqual({ loss: 1 });
});

test('a program killed by a signal has died by itself: it is tried again', async () => {
  const { outcome } = await train(trainOf(programOf(`process.kill(process.pid, 'SIGKILL'); await sleep(60_000);`)));
  expect(expectOutcome(outcome, 'process_died').message).toContain('the program ended by SIGKILL');
});

test('a file of the command that was changed after the launch is not run', async () => {
  const program = programOf(`writeFileSync(config.folder + '/ran', ''); say({ step: 1, loss: 1 });`);
  const files = hashFiles(program);
  const file = Object.keys(files).find((name) => name.endsWith('.mjs')) ?? '';
  writeFileSync(join(folder, file), '// something else');
  const segment = trainOf({ ...program, files });
  const outcome = expectOutcome(await endOf(commandOf(segment)), 'failed');
  expect(outcome).toMatchObject({ outcome: 'crashed', code: 'PROGRAM_CHANGED' });
  expect(existsSync(join(folder, 'work', segment.trainingHash))).toBe(false);
});

test('a program goes with its trainer process, even one that was killed', async () => {
  const program = programOf(`say({ step: 1, loss: 1, pid: process.pid }); say({ step: 2, loss: 1 });
    await sleep(60_000);`);
  const command = commandOf(trainOf(program));
  const child = fork(resolve(import.meta.dirname, '../../dist/src/train/process/trainer-process-main.js'), {
    serialization: 'advanced',
  });
  const pid = await new Promise<number>((heard) => {
    child.on('message', (message: FromTrainer) => {
      if (message.kind === 'ready') child.send(command);
      if (message.kind !== 'metrics') return;
      const chunk = message.chunks.find(({ name }) => name === 'pid');
      if (chunk !== undefined) heard(chunk.values[0] ?? 0);
    });
  });
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  expect(await gone(pid)).toBe(true);
});
