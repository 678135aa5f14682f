import { moduleRanks } from './graphs/trainable-layout.ts';
import { present } from '../../base/defect.ts';
import { DropsweepError } from '../../base/errors.ts';
import { deviceProfiles } from '../../runtime/devices/device-profiles.ts';
import { folderForGraphs } from '../../runtime/folder-for-graphs.ts';
import { openGraph } from '../../runtime/graph-session.ts';
import { Tensor } from '../../runtime/open-session.ts';
import type { AdapterMasks, EngineRequest, TrainableLayout } from './adapter-engine.ts';
import { objectiveOf, planEngine } from './plan-engine.ts';
import { flat, floatsOf } from './passes/session-tensors.ts';

/** A generator that goes on with texts: a base with trained adapters. */
export interface TextGenerator {
  readonly layout: TrainableLayout;
  /** A text that has not begun. */
  begin(pass: GeneratingPass): TokenStream;
  close(): Promise<void>;
}

/** One model: a member, or what has no masks. */
export interface GeneratingPass {
  readonly parameters: Float32Array;
  /** Null: none are dropped. */
  readonly masks: AdapterMasks | null;
  readonly updateScale: number;
}

/** One text as one model reads it, with the keys and values of all tokens that it was given. */
export interface TokenStream {
  /** Scores of the token that follows these, [vocabulary]. */
  readonly next: (ids: readonly number[]) => Promise<Float32Array>;
}

/** @throws MODEL_UNSUPPORTED where the base is no decoder */
export async function openTextGenerator(request: EngineRequest): Promise<TextGenerator> {
  const plan = planEngine(request, objectiveOf(request.task, request.head));
  const { graph, past } = plan.generation();
  const folder = folderForGraphs(plan.opened.folder, plan.opened.weights.files);
  await plan.opened.weights.complete(folder);
  await plan.converted?.write(folder);
  const device = deviceProfiles[request.device ?? 'cpu'];
  const session = await openGraph({ graph, device, folder, options: { threads: request.threads } });
  const ones = (size: 'inFeatures' | 'outFeatures') =>
    new Float32Array(plan.layout.modules.reduce((sum, module) => sum + module[size], 0)).fill(1);
  const keepAll: AdapterMasks = { input: ones('inFeatures'), output: ones('outFeatures') };
  const allRanks = new Float32Array(moduleRanks(plan.layout).reduce((sum, rank) => sum + rank, 0)).fill(1);
  return {
    layout: plan.layout,
    begin({ parameters, masks, updateScale }) {
      const { input, output, rank = allRanks } = masks ?? keepAll;
      const fixed = {
        parameters: flat(parameters),
        input_masks: flat(input),
        output_masks: flat(output),
        ...(plan.masksRanks ? { rank_masks: flat(rank) } : {}),
        update_scale: new Tensor('float32', [updateScale], []),
      };
      let kept: readonly Tensor[] = past.map(
        ({ heads, size }) => new Tensor('float32', new Float32Array(0), [1, 0, heads, size]),
      );
      let count = 0;
      return {
        next: async (ids) => {
          const [scores, ...joined] = await session.run({
            ...fixed,
            ...Object.fromEntries(past.map(({ name }, index) => [name, present(kept[index], name)])),
            input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
            past_tokens: new Tensor('int64', BigInt64Array.of(BigInt(count)), [1]),
          });
          kept = joined;
          count += ids.length;
          return floatsOf(scores);
        },
      };
    },
    close: () => session.close(),
  };
}

export interface GreedyRequest {
  /** The members: their scores are averaged. */
  readonly streams: readonly TokenStream[];
  readonly prompt: readonly number[];
  /** Tokens at most. */
  readonly most: number;
  /** Tokens that end a text; they are not part of it. */
  readonly ends: ReadonlySet<number>;
}

/** The likeliest token after each, yielded as it is found. Scores are averaged in float64, in the members' order. */
export async function* greedyTokens({ streams, prompt, most, ends }: GreedyRequest): AsyncGenerator<number> {
  let given = prompt;
  for (let count = 0; count < most; count += 1) {
    const scores: Float32Array[] = [];
    for (const { next } of streams) scores.push(await next(given));
    const token = likeliest(scores);
    if (ends.has(token)) return;
    yield token;
    given = [token];
  }
}

/** The first of the greatest sums. @throws DropsweepError NON_FINITE where one is no number */
function likeliest(members: readonly Float32Array[]): number {
  const sums = new Float64Array(members[0]?.length ?? 0);
  for (const scores of members) for (const [token, score] of scores.entries()) sums[token] = (sums[token] ?? 0) + score;
  let best = 0;
  for (const [token, sum] of sums.entries()) if (sum > (sums[best] ?? Number.NEGATIVE_INFINITY)) best = token;
  if (sums.some((sum) => Number.isNaN(sum))) {
    throw new DropsweepError('NON_FINITE', 'the scores of the next token are no numbers', {
      fix: 'choose a trial that has not diverged',
    });
  }
  return best;
}
