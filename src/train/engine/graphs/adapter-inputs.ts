import type { MaskValues } from '../../../adapters/adapter-method.ts';
import type { TableRows } from '../../../models/encoder.ts';
import type { Value } from '../../../onnx/graph.ts';
import type { GraphBuilder } from '../../../onnx/graph-builder.ts';
import { multiply, split } from '../../../onnx/operators.ts';
import type { TrainableLayout } from '../adapter-engine.ts';
import type { DropoutPlaces } from '../masks/dropout-places.ts';
import type { GradientGraphRequest } from './gradient-graph.ts';
import { moduleRanks } from './trainable-layout.ts';

/** A pass' inputs of an adapter. */
export interface AdapterInputs {
  /** [length] */
  readonly parameters: Value;
  /** [Σ in_features] */
  readonly inputMasks: Value;
  /** [Σ out_features] */
  readonly outputMasks: Value;
  /** [Σ rank]; null: ranks are not masked */
  readonly rankMasks: Value | null;
  /** [] */
  readonly updateScale: Value;
}

export function declareAdapter(
  b: GraphBuilder,
  { layout, masksRanks = false }: Pick<GradientGraphRequest, 'layout' | 'masksRanks'>,
): AdapterInputs {
  const ranks = moduleRanks(layout).reduce((total, rank) => total + rank, 0);
  const sum = (size: 'inFeatures' | 'outFeatures') => layout.modules.reduce((total, module) => total + module[size], 0);
  return {
    parameters: b.input('parameters', 'float', [layout.length]),
    inputMasks: b.input('input_masks', 'float', [sum('inFeatures')]),
    outputMasks: b.input('output_masks', 'float', [sum('outFeatures')]),
    rankMasks: masksRanks ? b.input('rank_masks', 'float', [ranks]) : null,
    updateScale: b.input('update_scale', 'float', []),
  };
}

/** Masks of A x and of the update for each row by itself. */
export function rowMasks(
  b: GraphBuilder,
  places: DropoutPlaces,
  linear: string,
  table: TableRows | undefined,
): Pick<MaskValues, 'ofHidden' | 'ofUpdate'> {
  const dropping = (kind: 'row_ranks' | 'row_rows', part: string) => (x: Value) => {
    const dropped = places.drop(b, { kind, name: `${linear}.${part}`, ...(table && { table }) }, x);
    return dropped === null ? x : multiply(b, dropped.kept, dropped.factor);
  };
  return {
    ...(places.has('row_ranks') ? { ofHidden: dropping('row_ranks', 'ranks') } : {}),
    ...(places.has('row_rows') ? { ofUpdate: dropping('row_rows', 'rows') } : {}),
  };
}

/** Each adapted linear's masks, by its name. */
export function moduleMasks(
  b: GraphBuilder,
  layout: TrainableLayout,
  inputs: AdapterInputs,
): ReadonlyMap<string, MaskValues> {
  const { modules } = layout;
  const cut = (masks: Value, size: 'inFeatures' | 'outFeatures') =>
    split(
      b,
      masks,
      0,
      modules.map((module) => module[size]),
    );
  const inputParts = cut(inputs.inputMasks, 'inFeatures');
  const outputParts = cut(inputs.outputMasks, 'outFeatures');
  const rankParts = inputs.rankMasks === null ? null : split(b, inputs.rankMasks, 0, moduleRanks(layout));
  return new Map(
    modules.map(({ name }, index) => [
      name,
      {
        input: inputParts[index] ?? missing(name),
        output: outputParts[index] ?? missing(name),
        ...(rankParts === null ? {} : { rank: rankParts[index] ?? missing(name) }),
      },
    ]),
  );
}

function missing(name: string): never {
  throw new Error(`there are no masks for ${name}`);
}
