import { demandSameShape } from '../../adapters/peft/demand-same-shape.ts';
import { type FrozenAdapter, freezeAdapter } from '../../adapters/peft/frozen-adapter.ts';
import { demandTensors } from '../../adapters/peft/demand-tensors.ts';
import { DropsweepError } from '../../base/errors.ts';
import { openEncoder } from '../../models/open-encoder.ts';
import type { ResolvedInputs, SweepPlan } from '../../sweep/sweep-definition.ts';
import { kindsOf } from '../../sweep/training-kinds.ts';
import type { BaseModelReference } from '../../sweep/vocabulary.ts';
import { objectiveOf, planLayout } from '../../train/engine/plan-engine.ts';
import { type SavedHeads, savedHeadOf, withOrderedHead } from './saved-head.ts';

const hubId = /^[A-Za-z0-9][\w.-]*\/[\w.-]+$/;

/**
 * The adapter that every training of a sweep begins with.
 * @throws WEIGHTS_INVALID where it is of another base; MODEL_UNSUPPORTED where it is none that the engine builds
 */
export function readInitialAdapter(folder: string, base: BaseModelReference): FrozenAdapter {
  const adapter = freezeAdapter(folder);
  const { name, contentHash } = adapter.base;
  const otherContent = base.folder !== '' && contentHash !== null && contentHash !== base.content_hash;
  const otherName = name !== null && hubId.test(name) && hubId.test(base.reference) && name !== base.reference;
  if (otherContent || otherName) {
    throw new DropsweepError('WEIGHTS_INVALID', 'init_adapter was trained on another base', {
      where: `base, init_adapter ${folder}`,
      got: otherName ? base.reference : `${base.reference}, content ${base.content_hash}`,
      expected: otherName ? name : `${name ?? 'its base'}, content ${contentHash ?? ''}`,
      fix: 'name the base that the adapter was trained on',
    });
  }
  return adapter;
}

/** What every training of a sweep begins with besides what is drawn. */
export interface Beginning extends SavedHeads {
  readonly adapter: FrozenAdapter | null;
  readonly begun: Pick<ResolvedInputs, 'base_head' | 'init_adapter'>;
}

/**
 * What is saved of adapter and head, as the trainings of a plan begin with it.
 * @throws WEIGHTS_INVALID, MODEL_UNSUPPORTED
 */
export function beginningOf(plan: Pick<SweepPlan, 'definition' | 'inputs' | 'trainings'>): Beginning {
  const { init_adapter: folder } = plan.definition;
  const ofBase = savedHeadOf(plan);
  if (folder === undefined) return { ...ofBase, adapter: null };
  const { adapter, hasHead, remarks } = withOrderedHead(plan, readInitialAdapter(folder, plan.inputs.base), folder);
  return {
    adapter,
    begun: { ...(hasHead ? {} : ofBase.begun), init_adapter: { folder, hash: adapter.hash } },
    remarks: [...(hasHead ? [] : ofBase.remarks), ...remarks],
  };
}

/**
 * Every training of the plan can begin with the adapter.
 * @throws WEIGHTS_INVALID naming the field, or the tensor, that does not fit
 */
export function demandFit({ inputs, trainings }: SweepPlan, adapter: FrozenAdapter, folder: string): void {
  const opened = inputs.base.folder === '' ? null : openEncoder(inputs.base.folder);
  const seen = new Set<string>();
  for (const { first } of kindsOf(trainings)) {
    const { configuration } = first.specification;
    demandSameShape(adapter.configuration, configuration, folder);
    const { targets, layers, pooling } = configuration;
    const key = JSON.stringify([targets, layers, pooling]);
    if (opened === null || seen.has(key)) continue;
    seen.add(key);
    const layout = planLayout(opened, configuration, objectiveOf(inputs.task, configuration).head);
    demandTensors(adapter, layout.tensors, folder);
  }
}
