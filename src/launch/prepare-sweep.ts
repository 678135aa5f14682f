import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOnnxFile } from '../base/model-place.ts';
import { sha256 } from '../base/sha256.ts';
import { openTokenizer } from '../data/open-tokenizer.ts';
import { freezeRows } from '../data/frozen-rows.ts';
import { demandSearch, planSweep } from '../search/plan-sweep.ts';
import type { FrozenDataset } from '../store/create-sweep.ts';
import type { ResolvedInputs, SweepDefinition, SweepPlan } from '../sweep/sweep-definition.ts';
import type { BaseModelReference, FrozenRow } from '../sweep/vocabulary.ts';
import { type LoadedDataset, loadDataset } from '../tasks/load-dataset.ts';
import { taskOf } from '../tasks/tasks.ts';

/** A sweep that is ready to be recorded. */
export interface PreparedSweep {
  readonly plan: SweepPlan;
  readonly datasets: readonly FrozenDataset[];
  readonly trainTokens: number;
  readonly devTokens: number;
  /** Tokens of the longest train row, estimated. */
  readonly longestRow: number;
  readonly encoderParameters: number;
}

/** English e-mails and sentences: characters to a word piece. */
const CHARACTERS_PER_TOKEN = 4.2;
const MINILM_PARAMETERS = 10_616_832;

/**
 * Loads and freezes the rows and plans the sweep.
 * @param resolveBase finds the base model; not asked for a simulated trainer, which has none
 * @throws DropsweepError DATA_INVALID, MODEL_NOT_FOUND, MODEL_UNSUPPORTED
 */
export async function prepareSweep(
  definition: SweepDefinition,
  resolveBase: (reference: string) => Promise<BaseModelReference>,
): Promise<PreparedSweep> {
  demandSearch(definition);
  const rows = loadDataset(definition.task);
  const { rows: taskRows } = taskOf(definition.task);
  const charactersOf = (row: FrozenRow) => taskRows.characters(row);
  const base = definition.trainer === 'simulated' ? namedBase(definition.base) : await resolveBase(definition.base);
  const frozen = {
    train: freezeRows(rows.train),
    dev: freezeRows(rows.dev),
    test: rows.test === null ? null : freezeRows(rows.test),
  };
  const inputs = { base, task: rows.task, ...references(frozen) };
  const plan = planSweep(definition, { ...inputs, ...(await countInputs(definition, rows, inputs)) });
  return {
    plan,
    datasets: [frozen.train, frozen.dev, ...(frozen.test === null ? [] : [frozen.test])].map(
      ({ hash, rows: count, bytes }) => ({ hash, rows: count, content: bytes }),
    ),
    ...tokenEstimates(rows, charactersOf),
    longestRow: rows.train.reduce((longest, row) => Math.max(longest, tokensOf(charactersOf(row))), 1),
    encoderParameters: encoderParameters(base.folder),
  };
}

/**
 * How many inputs the train rows make at each max_length of the plan, where that is not one for each. What cannot be made
 * an input of is found here, before anything is recorded.
 */
async function countInputs(
  definition: SweepDefinition,
  { train, dev, test }: LoadedDataset,
  inputs: ResolvedInputs,
): Promise<Pick<ResolvedInputs, 'train_inputs'>> {
  const { task: shape, base } = inputs;
  const task = taskOf(shape);
  // Without the model, of which a dry run knows the name alone, there is no tokenizer to count with.
  if (task.hasWindows === undefined || base.folder === '') return {};
  const { trainings } = planSweep(definition, inputs);
  const tokenizer = openTokenizer(base.folder);
  const counts: [string, number][] = [];
  for (const maxLength of new Set(trainings.map(({ specification }) => specification.configuration.max_length))) {
    const encoded = await task.encode(train, { shape, ...tokenizer, maxLength });
    counts.push([String(maxLength), encoded.inputs.length]);
    await task.encode([...dev, ...(test ?? [])], { shape, ...tokenizer, maxLength });
  }
  return { train_inputs: Object.fromEntries(counts) };
}

/** Stands for a base model that is not looked at. */
export function namedBase(reference: string): BaseModelReference {
  return { reference, folder: '', content_hash: sha256(reference), tokenizer_hash: sha256(reference) };
}

type Frozen = ReturnType<typeof freezeRows>;

function references(frozen: { readonly train: Frozen; readonly dev: Frozen; readonly test: Frozen | null }) {
  const reference = ({ hash, rows }: Frozen) => ({ hash, rows });
  return {
    train: reference(frozen.train),
    dev: reference(frozen.dev),
    test: frozen.test === null ? null : reference(frozen.test),
  };
}

function tokenEstimates(
  { train, dev }: LoadedDataset,
  charactersOf: (row: FrozenRow) => number,
): { trainTokens: number; devTokens: number } {
  const meanOf = (rows: readonly FrozenRow[]) => meanTokens(rows.map(charactersOf));
  return { trainTokens: meanOf(train), devTokens: meanOf(dev) };
}

/** @param rows characters of each */
function meanTokens(rows: readonly number[]): number {
  const characters = rows.reduce((sum, row) => sum + row, 0);
  return Math.ceil(characters / CHARACTERS_PER_TOKEN / Math.max(1, rows.length)) + 3;
}

function tokensOf(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN) + 3;
}

/** Layers × 12 × hidden², for the prediction of time only; MiniLM-L6's where config.json is not there to say. */
function encoderParameters(folder: string): number {
  if (folder === '' || isOnnxFile(folder)) return MINILM_PARAMETERS;
  const config: Record<string, unknown> = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  const { num_hidden_layers: layers, hidden_size: hidden } = config;
  return typeof layers === 'number' && typeof hidden === 'number' ? 12 * layers * hidden ** 2 : MINILM_PARAMETERS;
}
