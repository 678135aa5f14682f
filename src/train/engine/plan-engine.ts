import type { AdapterMethod } from '../../adapters/adapter-method.ts';
import { adapterMethods } from '../../adapters/adapter-methods.ts';
import { targetModules } from '../../adapters/target-modules.ts';
import { DropsweepError } from '../../base/errors.ts';
import { updateScale } from '../../adapters/update-scale.ts';
import type { HeadTask } from '../../models/heads/heads.ts';
import type { ConvertedWeights } from '../../models/weights/converted-weights.ts';
import type { LabelLayout, Loss } from '../../models/heads/losses.ts';
import { type OpenedEncoder, openEncoder } from '../../models/open-encoder.ts';
import type { Graph } from '../../onnx/graph.ts';
import { deviceProfiles } from '../../runtime/devices/device-profiles.ts';
import { elementRates, type PlaceKind } from '../../sweep/element-dropout.ts';
import { rowKinds } from '../../sweep/mask-variant.ts';
import type { AdapterShape, HeadShape, TaskShape } from '../../sweep/vocabulary.ts';
import type { EngineRequest, TrainableLayout } from './adapter-engine.ts';
import { convertedWeights } from './base-precision.ts';
import { taskOf } from '../../tasks/tasks.ts';
import { branchOf } from '../../onnx/parts/branch-of.ts';
import { keepNeeded } from '../../onnx/rewrites/keep-needed.ts';
import { partShared, type SharedGraph } from '../../onnx/parts/part-shared.ts';
import type { DropoutPlace } from './masks/dropout-places.ts';
import { type BeginningGraphs, buildBeginningGraphs } from './graphs/beginning-graphs.ts';
import { buildGenerationGraph, type GenerationGraph } from './graphs/generation-graph.ts';
import { buildGradientGraph, ownInputs } from './graphs/gradient-graph.ts';
import { trainableLayout } from './graphs/trainable-layout.ts';

/** The part of a request that decides the engine's graphs, besides the objective. */
export type EngineShape = Pick<EngineRequest, 'modelFolder' | 'adapter' | 'device' | 'paddingHasRows'>;

export interface EngineObjective {
  readonly head: HeadTask;
  readonly loss: Loss;
  /** Whether rows hold several texts. */
  readonly severalTexts?: boolean;
}

/** An engine before it is opened: what memory is estimated from, without loading onnxruntime. */
export interface EnginePlan {
  readonly opened: OpenedEncoder;
  readonly method: AdapterMethod;
  readonly layout: TrainableLayout;
  /** Names of the head's tensors, as the base has them, that have a row for each output. */
  readonly outputTensors: ReadonlySet<string>;
  /** s */
  readonly scale: number;
  /** The base's weights in another precision than float32; null: all are float32. */
  readonly converted: ConvertedWeights | null;
  /** Whether each token has a label. */
  readonly labelsTokens: boolean;
  /** Training and evaluation, as gradient-graph.ts builds them. */
  readonly gradient: Graph;
  /** Where elements are dropped. */
  readonly places: readonly DropoutPlace[];
  /** Whether its passes take masks over ranks. */
  readonly masksRanks: boolean;
  /** Whether its passes take the rows that tokens have without padding. */
  readonly leavesPaddingOut: boolean;
  /** Training alone, in what all passes over a batch share and what each has of its own. */
  sharedGradient(): SharedGraph;
  /** Evaluation's logits, parted alike: what reads a batch whichever the model, and what is the model's own. */
  sharedEvaluation(): SharedGraph;
  /** The same for so many members at once. */
  packedGradient(pack: number): Graph;
  readonly labels: LabelLayout;
  /** The graph that goes on with texts. @throws MODEL_UNSUPPORTED where the base is no decoder */
  generation(): GenerationGraph;
  /** Evaluation of rows that begin alike. */
  beginnings(): BeginningGraphs;
}

/** @throws MODEL_UNSUPPORTED, WEIGHTS_INVALID, ONNX_INVALID */
export function planEngine(
  request: EngineShape,
  { head: wanted, loss, severalTexts = false }: EngineObjective,
): EnginePlan {
  const opened = openEncoder(request.modelFolder);
  const { encoder, weights } = opened;
  const head = encoder.head(wanted);
  const method = adapterMethods[request.adapter.adapter];
  const layout = planLayout(opened, request.adapter, wanted);
  const scale = updateScale(request.adapter);
  const profile = deviceProfiles[request.device ?? 'cpu'];
  const converted = convertedWeights(opened, request.adapter.base_precision ?? 'float32', profile);
  const drops = droppedKinds(opened, request.adapter);
  const masksRanks = request.adapter.masked === 'rank' && request.adapter.mask_sharing !== 'row';
  const leavesPaddingOut =
    request.paddingHasRows !== true &&
    profile.leavesPaddingOut &&
    encoder.leavesPaddingOut === true &&
    // A loss over tokens may read those of padding too, as that of spans does.
    wanted.of === 'samples' &&
    // Masks of single elements are drawn for each place of a batch.
    drops.size === 0 &&
    !severalTexts;
  const built = { encoder, weights, converted, head, loss, method, layout, scale, drops, severalTexts, masksRanks };
  const shape = { ...built, leavesPaddingOut };
  const { graph: gradient, places } = buildGradientGraph(shape);
  return {
    opened,
    method,
    layout,
    outputTensors: new Set(head.tensors.flatMap(({ name, hasOutputRows }) => (hasOutputRows === true ? [name] : []))),
    scale,
    converted,
    sharedGradient: () => partShared(branchOf(gradient, true), ownInputs(places)),
    sharedEvaluation: () => partShared(logitsOf(branchOf(gradient, false)), modelInputs(places)),
    labelsTokens: loss.labels.columns === 'tokens',
    gradient,
    places,
    masksRanks,
    leavesPaddingOut,
    packedGradient: (pack) => buildGradientGraph({ ...shape, pack }).graph,
    labels: loss.labels,
    generation: () => buildGenerationGraph({ ...shape, severalTexts: false }),
    beginnings: () => buildBeginningGraphs({ ...shape, severalTexts: false }),
  };
}

/** An evaluation without what stands for a training's other outputs. */
function logitsOf(evaluation: Graph): Graph {
  return keepNeeded({ ...evaluation, outputs: evaluation.outputs.slice(0, 1) });
}

/** The inputs in which models that read one batch differ. */
function modelInputs(places: readonly DropoutPlace[]): ReadonlySet<string> {
  return new Set([...ownInputs(places), 'update_scale']);
}

/** Where the tensors that are trained lie. @throws MODEL_UNSUPPORTED where a target or a layer means nothing */
export function planLayout(
  { encoder }: OpenedEncoder,
  { adapter, rank, targets, layers }: Pick<AdapterShape, 'adapter' | 'rank' | 'targets' | 'layers'>,
  head: HeadTask,
): TrainableLayout {
  const names = encoder.linears.map((linear) => linear.name);
  const chosen = new Set(targetModules(names, targets, layers));
  const modules = encoder.linears.filter((linear) => chosen.has(linear.name));
  return trainableLayout(modules, { method: adapterMethods[adapter], rank }, encoder.head(head));
}

/** @throws MODEL_UNSUPPORTED where hidden dropout is asked of a family without it */
function droppedKinds({ encoder, family }: OpenedEncoder, adapter: AdapterShape): ReadonlySet<PlaceKind> {
  const rates = elementRates(adapter);
  if (rates.hidden_dropout > 0 && !encoder.dropsHidden) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'this base has no hidden dropout', {
      where: 'hidden_dropout',
      got: `${rates.hidden_dropout} for ${family}`,
      expected: 'a family that transformers trains with it: BERT and its kin, or GPT-2, from config.json',
      fix: 'leave out hidden_dropout',
    });
  }
  const kinds = ['lora_dropout', 'hidden_dropout'] as const;
  return new Set([...kinds.filter((kind) => rates[kind] > 0), ...rowKinds(adapter)]);
}

/** A task's training objective, for a configuration's head. */
export function objectiveOf(shape: TaskShape, wanted?: HeadShape): EngineObjective {
  const { objective } = taskOf(shape);
  const severalTexts = objective.severalTexts?.(shape) ?? false;
  return { head: objective.head(shape, wanted), loss: objective.loss(shape, wanted), severalTexts };
}
