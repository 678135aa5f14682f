import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../src/base/progress.ts';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import type { ExportedTrial } from '../../src/export/exported-trial.ts';
import { openTeller } from '../../src/export/predictions/open-teller.ts';
import { predictMembers } from '../../src/export/predictions/predict-members.ts';
import { unseenRecords } from '../../src/export/predictions/prediction-records.ts';
import { rowResponses } from '../../src/export/predictions/row-responses.ts';
import { tellText } from '../../src/export/predictions/tell-text.ts';
import { openEncoder } from '../../src/models/open-encoder.ts';
import type { EvaluationConfiguration, TrainingSpecification } from '../../src/sweep/vocabulary.ts';
import { type CheckpointState, readCheckpoint } from '../../src/train/checkpoints/checkpoint.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { trial as fixture } from '../dashboard/sweep-fixture.ts';
import { expectOutcome, RecordingReporter, SegmentBench, type TinyTask } from '../support/segment-run.ts';
import { tinyTasks } from '../support/tiny-tasks.ts';

const [instructions, classes] = [tinyTasks['language-modelling'], tinyTasks['text-classification']];

describe('a trial of a language model', () => {
  let bench: SegmentBench;
  let specification: TrainingSpecification;
  let checkpoint: CheckpointState;
  beforeAll(async () => {
    ({ bench, specification, checkpoint } = await trained(instructions, { epochs: 60, learning_rate: 0.02 }));
  }, 60_000);
  afterAll(() => rmSync(bench.folder, { recursive: true }));

  const tell = (
    asked: { instruction: string; input?: string },
    changes: Partial<EvaluationConfiguration> = {},
    members?: number,
  ) =>
    tellText(exported(bench, specification, checkpoint, changes), openTokenizer(bench.modelFolder), {
      asked: { ...asked, asIs: false },
      most: 12,
      ...(members === undefined ? {} : { members }),
    });

  it('answers as it was taught, and ends where its responses did', async () => {
    for (const [thing, quality] of [
      ['film', 'good'],
      ['song', 'dark'],
    ]) {
      const { text, ended, members } = await tell({ instruction: `say how the ${thing} is` }, { mode: 'raw' });
      expect(text).toMatch(new RegExp(`^(very )*${quality} \\.$`));
      expect([ended, members]).toEqual([true, 1]);
    }
  });

  it('is all members of its ensemble, or the first of them', async () => {
    const ensemble = { mode: 'ensemble', ensemble_size: 3, dropout_rate: 0.25 } as const;
    expect((await tell({ instruction: 'say how the day is' }, ensemble)).members).toBe(3);
    expect((await tell({ instruction: 'say how the day is' }, ensemble, 2)).members).toBe(2);
    await expect(tell({ instruction: 'say' }, ensemble, 4)).rejects.toThrow(
      /USAGE: .*members\n.*\n {2}got: 4\n.*1 to 3/,
    );
  });

  it('is refused a prompt that leaves no room', async () => {
    await expect(tell({ instruction: 'say '.repeat(200) })).rejects.toThrow(
      /MODEL_UNSUPPORTED: the prompt leaves no room/,
    );
  });

  it('answers rows of a file as it answers prompts, and tells at once which of them leaves no room', async () => {
    const trial = exported(bench, specification, checkpoint, { mode: 'raw' });
    const rows = [
      { instruction: 'say how the film is', output: '' },
      { instruction: 'say how the song is', output: 'good .' },
    ];
    const done: number[] = [];
    const progress: Progress = (_, amount) => void done.push(amount?.done ?? -1);
    const responses = await rowResponses(trial, rows, { most: 12, progress });
    const [film, song] = [
      await tell({ instruction: 'say how the film is' }, { mode: 'raw' }),
      await tell({ instruction: 'say how the song is' }, { mode: 'raw' }),
    ];
    expect(responses).toEqual([
      { response: film.text, finished: true },
      { response: song.text, finished: true },
    ]);
    expect(done).toEqual([0, 1]);
    const long = [...rows, { instruction: 'say '.repeat(200), output: '' }];
    await expect(rowResponses(trial, long, { most: 12, progress })).rejects.toThrow(/leaves no room.*\n.*row 3/);
    expect(done).toEqual([0, 1]);
  });

  it('foretells nothing of a row that has no response', async () => {
    const trial = exported(bench, specification, checkpoint, { mode: 'raw' });
    const rows = [
      { instruction: 'say how the film is', output: '' },
      { instruction: 'say how the film is', output: 'good .' },
    ];
    const predictions = await predictMembers(trial, rows, { environment: {}, threads: 1 });
    const [without, own] = unseenRecords(predictions, { aggregate: 'logits', withMembers: false });
    expect(without).toMatchObject({ response_tokens: 0, negative_log_likelihood: null, perplexity: null });
    expect(own).toMatchObject({ response_tokens: 3, negative_log_likelihood: expect.any(Number) });
  });

  it('is asked as a chat where its rows were chats, whose turns end as the template ends them', async () => {
    const chatting = { ...specification, task: { ...specification.task, settings: { prompt: 'chat' } } };
    const { tokenizer, ...others } = openTokenizer(bench.modelFolder);
    const template = "{% for m in messages %}{{ m['role'] + ' ' + m['content'] + ' <turn> ' }}{% endfor %}";
    const model = {
      tokenizer,
      ...others,
      chatTemplate: `${template}{% if add_generation_prompt %}assistant {% endif %}`,
    };
    const asked = { instruction: 'say', asIs: false };
    const told = await tellText(exported(bench, chatting, checkpoint, { mode: 'raw' }), model, { asked, most: 4 });
    expect(told.tokens).toBeLessThanOrEqual(4);
    const row = {
      messages: [
        { role: 'user', content: 'say' },
        { role: 'assistant', content: '' },
      ],
    };
    const alike = exported(bench, chatting, checkpoint, { mode: 'raw' });
    const teller = await openTeller(alike, model);
    const prompts = [
      await teller.generation.promptOfRow(row, teller.request, 'row 1'),
      await teller.generation.prompt(asked, teller.request),
    ];
    await teller.close();
    expect(prompts[0]).toEqual(prompts[1]);
  });
});

it('a trial that gives no texts is refused', async () => {
  const { bench, specification, checkpoint } = await trained(classes, { epochs: 1 });
  const asked = { instruction: 'say', asIs: true };
  const telling = tellText(exported(bench, specification, checkpoint, {}), openTokenizer(bench.modelFolder), {
    asked,
    most: 4,
  });
  await expect(telling).rejects.toThrow(/USAGE: the trial’s task gives no texts/);
  rmSync(bench.folder, { recursive: true });
});

async function trained(task: TinyTask | undefined, changes: Parameters<SegmentBench['specification']>[0]) {
  if (task === undefined) throw new Error('there is no such task');
  const bench = new SegmentBench({ trainRows: 40, devRows: 4, task });
  const specification = bench.specification({ dropout_rate: 0, train_instances: 1, sparsity: 0, ...changes });
  const segment = bench.trainSegment(specification);
  const outcome = await makeOnnxRunner().run(bench.command(segment), new RecordingReporter());
  const { checkpoint: reference } = expectOutcome(outcome, 'trained');
  const checkpoint = await readCheckpoint(reference, segment.trainingHash, bench.checkpointFolder);
  return { bench, specification, checkpoint };
}

function exported(
  bench: SegmentBench,
  specification: TrainingSpecification,
  checkpoint: CheckpointState,
  changes: Partial<EvaluationConfiguration>,
): ExportedTrial {
  const { configuration } = specification;
  const { configuration: evaluation } = bench.pending('e', { dropout_rate: 0, ...changes });
  return {
    sweep: 's',
    trial: { ...fixture(1), configuration, evaluation },
    specification,
    checkpoint,
    place: bench.modelFolder,
    opened: openEncoder(bench.modelFolder),
    launchedBy: {},
  };
}
