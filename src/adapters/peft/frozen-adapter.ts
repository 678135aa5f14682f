import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { sha256 } from '../../base/sha256.ts';
import { readFloat32, readSafetensorsHeader } from '../../formats/safetensors.ts';
import { writeSafetensors } from '../../formats/write-safetensors.ts';
import { rowsInOrder } from '../rows-in-order.ts';
import { type PeftConfiguration, readJson, readPeftConfiguration } from './read-adapter.ts';

/** A PEFT folder as one file that says all of it, known by its content. */
export interface FrozenAdapter {
  readonly hash: string;
  readonly bytes: Uint8Array;
  readonly configuration: PeftConfiguration;
  /** Shapes of its tensors, by PEFT's names. */
  readonly stored: ReadonlyMap<string, readonly number[]>;
  /** The base that it names. */
  readonly base: AdapterBase;
}

/** An order of the head's outputs that is not the folder's. */
export interface OutputOrder {
  /** For each output, the row of the folder's tensors. */
  readonly rows: readonly number[];
  /** PEFT's names of the tensors with a row for each output. */
  readonly tensors: ReadonlySet<string>;
}

export interface AdapterBase {
  /** PEFT's base_model_name_or_path; null: none is named. */
  readonly name: string | null;
  /** Of an adapter that this program wrote: the content of the base; else null. */
  readonly contentHash: string | null;
}

const named = z.object({ base_model_name_or_path: z.string().nullable().default(null) });
const written = z.object({ base: z.object({ content_hash: z.string() }) });
const frozenConfiguration = z.object({
  shape: z.object({
    adapter: z.enum(['lora', 'adalora']),
    rank: z.number(),
    alpha: z.number(),
    scaling: z.enum(['standard', 'rank_stabilized']).optional(),
  }),
  rank_pattern: z.record(z.string(), z.array(z.boolean())).nullable(),
});

/**
 * Reads what PEFT saved. Equal tensors under an equal meaning are equal bytes, whatever else the folder says.
 * @param order absent: the head's outputs as they are
 * @throws MODEL_UNSUPPORTED, WEIGHTS_INVALID
 */
export function freezeAdapter(folder: string, order?: OutputOrder): FrozenAdapter {
  const configuration = readPeftConfiguration(folder);
  const file = path.join(folder, 'adapter_model.safetensors');
  const { tensors } = readSafetensorsHeader(file);
  const names = [...tensors.keys()].toSorted();
  const whole = names.flatMap((name) => {
    const entry = tensors.get(name);
    if (entry === undefined) return [];
    const data = readFloat32(file, name, entry);
    return [
      { name, shape: entry.shape, data: order?.tensors.has(name) === true ? rowsInOrder(data, order.rows) : data },
    ];
  });
  const { shape, rankPattern } = configuration;
  const meaning = JSON.stringify({ shape, rank_pattern: rankPattern });
  const bytes = writeSafetensors(whole, { format: 'dropsweep-adapter-1', configuration: meaning });
  const stored = new Map(whole.map(({ name, shape: sizes }) => [name, sizes]));
  return { hash: sha256(bytes), bytes, configuration, stored, base: baseOf(folder) };
}

/** The meaning of a frozen adapter's tensors. */
export function readFrozenConfiguration(file: string): PeftConfiguration {
  const { metadata } = readSafetensorsHeader(file);
  const { shape, rank_pattern: rankPattern } = frozenConfiguration.parse(
    JSON.parse(metadata['configuration'] ?? 'null'),
  );
  const { scaling, ...plain } = shape;
  return { shape: scaling === undefined ? plain : { ...plain, scaling }, rankPattern };
}

function baseOf(folder: string): AdapterBase {
  const { base_model_name_or_path: name } = named.parse(readJson(path.join(folder, 'adapter_config.json')));
  const own = path.join(folder, 'dropsweep.json');
  const found = existsSync(own) ? written.safeParse(readJson(own)) : null;
  return { name, contentHash: found?.success === true ? found.data.base.content_hash : null };
}
