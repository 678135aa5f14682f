import { availableParallelism } from 'node:os';
import { DropsweepError } from '../base/errors.ts';
import type { ModelTokenizer } from '../data/open-tokenizer.ts';
import { dropsElements, elementRates } from '../sweep/element-dropout.ts';
import type { AskedText } from '../tasks/task.ts';
import { taskOf } from '../tasks/tasks.ts';
import { memberMasks } from '../train/instance-masks.ts';
import { readModelLimits } from '../train/model-limits.ts';
import { type GeneratingPass, greedyTokens, openTextGenerator } from '../train/text-generator.ts';
import type { ExportedTrial } from './exported-trial.ts';
import { keptShare } from './kept-share.ts';

export interface TellRequest {
  readonly asked: AskedText;
  /** Tokens at most. */
  readonly most: number;
  /** The first so many of an ensemble; absent: all. */
  readonly members?: number;
}

export interface ToldText {
  readonly text: string;
  readonly tokens: number;
  readonly members: number;
  /** Whether a token that ends texts came. */
  readonly ended: boolean;
}

/**
 * Goes on with a text as the trial was evaluated: an ensemble with all its members' masks, else the update as it is or
 * its expectation. An ensemble's scores of each next token are averaged, and the likeliest is the text's.
 * @throws USAGE where its task gives no texts; MODEL_UNSUPPORTED where the prompt leaves no room
 */
export async function tellText(
  { trial, specification, checkpoint, place }: ExportedTrial,
  tokenizer: ModelTokenizer,
  { asked, most, members: wanted }: TellRequest,
): Promise<ToldText> {
  const { task, configuration } = specification;
  const { generation } = taskOf(task);
  if (generation === undefined) {
    throw new DropsweepError('USAGE', 'the trial’s task gives no texts', {
      where: `trial ${trial.trial}`,
      got: task.kind,
      expected: 'a trial of a language model',
    });
  }
  const { ids, ends } = await generation.prompt(asked, {
    shape: task,
    ...tokenizer,
    maxLength: configuration.max_length,
  });
  const { positions } = await readModelLimits(place);
  const room = Math.min(most, positions - ids.length);
  if (room < 1) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'the prompt leaves no room for what follows', {
      where: '--prompt',
      got: `${ids.length} tokens`,
      expected: `fewer than the model’s ${positions} positions`,
      fix: 'shorten the prompt',
    });
  }
  const passes = passesOf({ trial, specification, checkpoint }, wanted);
  const request = {
    modelFolder: place,
    task,
    adapter: configuration,
    head: configuration,
    threads: availableParallelism(),
  };
  const generator = await openTextGenerator(request);
  try {
    const streams = passes.map((pass) => generator.begin(pass));
    const found: number[] = [];
    for await (const token of greedyTokens({ streams, prompt: ids, most: room, ends })) found.push(token);
    const text = await tokenizer.tokenizer.decode(found, true);
    return { text, tokens: found.length, members: passes.length, ended: found.length < room };
  } finally {
    await generator.close();
  }
}

function passesOf(
  { trial, checkpoint }: Pick<ExportedTrial, 'trial' | 'specification' | 'checkpoint'>,
  wanted: number | undefined,
): readonly GeneratingPass[] {
  const { evaluation, configuration } = trial;
  const { parameters } = checkpoint.state;
  const has = evaluation.mode === 'ensemble' ? evaluation.ensemble_size : 1;
  if (wanted !== undefined && (wanted < 1 || wanted > has)) {
    throw new DropsweepError('USAGE', 'the trial has not so many members', {
      where: '--members',
      got: String(wanted),
      expected: `1 to ${has}`,
      fix: 'choose another trial, of a larger ensemble_size',
    });
  }
  if (evaluation.mode !== 'ensemble') return [{ parameters, masks: null, updateScale: keptShare(trial) }];
  const elements = elementRates(configuration);
  if (dropsElements(elements) || configuration.mask_sharing === 'row') {
    throw new DropsweepError('USAGE', 'members whose masks are each row’s own have none for a prompt', {
      where: `trial ${trial.trial}`,
      got: 'an ensemble with lora_dropout, hidden_dropout or mask_sharing: row',
      expected: 'a trial of mode expected or raw, or of masks that rows share',
      fix: 'add an evaluation of mode: expected to the sweep (resume --extend)',
    });
  }
  const rates = { dropoutRate: evaluation.dropout_rate, elements, variant: configuration };
  return Array.from({ length: wanted ?? has }, (_, member) => ({
    parameters,
    masks: memberMasks(checkpoint.layout, rates, evaluation.mask_seed, member),
    updateScale: 1,
  }));
}
