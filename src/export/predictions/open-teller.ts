import { formatCount } from '../../base/format-count.ts';
import { availableParallelism } from 'node:os';
import { DropsweepError } from '../../base/errors.ts';
import type { ModelTokenizer } from '../../data/tokens/open-tokenizer.ts';
import { dropsElements, elementRates } from '../../sweep/element-dropout.ts';
import type { EncodeRequest, PromptTokens, TaskGeneration } from '../../tasks/task.ts';
import { taskOf } from '../../tasks/tasks.ts';
import { memberMasks } from '../../train/engine/masks/instance-masks.ts';
import { readModelLimits } from '../../train/engine/model-limits.ts';
import { type GeneratingPass, greedyTokens, openTextGenerator } from '../../train/engine/text-generator.ts';
import type { ExportedTrial } from '../exported-trial.ts';
import { keptShare } from '../models/kept-share.ts';

/** A trial that goes on with texts. */
export interface Teller {
  readonly members: number;
  readonly generation: TaskGeneration;
  /** What its prompts are written by. */
  readonly request: EncodeRequest;
  /** Tokens that may follow a prompt, of those that are wanted at most. @throws MODEL_UNSUPPORTED where there are none */
  room(prompt: PromptTokens, most: number, where: string): number;
  tell(prompt: PromptTokens, room: number): Promise<ToldText>;
  close(): Promise<void>;
}

export interface ToldText {
  readonly text: string;
  readonly tokens: number;
  /** Whether a token that ends texts came. */
  readonly ended: boolean;
}

/**
 * Opens a trial as it was evaluated: an ensemble with all its members' masks, else the update as it is or its
 * expectation. An ensemble's scores of each next token are averaged, and the likeliest is the text's.
 * @param wanted the first so many of an ensemble; absent: all
 * @throws USAGE where its task gives no texts, or has no such members
 */
export async function openTeller(
  { trial, specification, checkpoint, place }: ExportedTrial,
  tokenizer: ModelTokenizer,
  wanted?: number,
): Promise<Teller> {
  const { task, configuration } = specification;
  const { generation } = taskOf(task);
  if (generation === undefined) {
    throw new DropsweepError('USAGE', 'the trial’s task gives no texts', {
      where: `trial ${trial.trial}`,
      got: task.kind,
      expected: 'a trial of a language model',
    });
  }
  const { positions } = await readModelLimits(place);
  const passes = passesOf({ trial, specification, checkpoint }, wanted);
  const threads = availableParallelism();
  const generator = await openTextGenerator({
    modelFolder: place,
    task,
    adapter: configuration,
    head: configuration,
    threads,
  });
  return {
    members: passes.length,
    generation,
    request: { shape: task, ...tokenizer, maxLength: configuration.max_length },
    room({ ids }, most, where) {
      const room = Math.min(most, positions - ids.length);
      if (room >= 1) return room;
      throw new DropsweepError('MODEL_UNSUPPORTED', 'the prompt leaves no room for what follows', {
        where,
        got: formatCount(ids.length, 'token'),
        expected: `fewer than the model’s ${positions} positions`,
        fix: 'shorten the prompt',
      });
    },
    async tell({ ids, ends }, room) {
      const streams = passes.map((pass) => generator.begin(pass));
      const found: number[] = [];
      for await (const token of greedyTokens({ streams, prompt: ids, most: room, ends })) found.push(token);
      const text = await tokenizer.tokenizer.decode(found, true);
      return { text, tokens: found.length, ended: found.length < room };
    },
    close: () => generator.close(),
  };
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
      fix: 'add an evaluation of mode: expected to the sweep (resume --extend); predict --likelihoods tells no texts',
    });
  }
  const rates = { dropoutRate: evaluation.dropout_rate, elements, variant: configuration };
  return Array.from({ length: wanted ?? has }, (_, member) => ({
    parameters,
    masks: memberMasks(checkpoint.layout, rates, evaluation.mask_seed, member),
    updateScale: 1,
  }));
}
