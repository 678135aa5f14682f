import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adapterMethods } from '../../adapters/adapter-methods.ts';
import { updateScale } from '../../adapters/update-scale.ts';
import { DropsweepError } from '../../base/errors.ts';
import type { ConstantData, ExternalData } from '../../onnx/graph.ts';
import { serialiseModel } from '../../onnx/serialise-model.ts';
import { dropsElements, elementRates } from '../../sweep/element-dropout.ts';
import type { AdapterMasks } from '../../train/engine/adapter-engine.ts';
import { memberMasks } from '../../train/engine/masks/instance-masks.ts';
import type { PublishedTask } from '../../tasks/task.ts';
import { taskOf } from '../../tasks/tasks.ts';
import { readModelLimits } from '../../train/engine/model-limits.ts';
import { objectiveOf } from '../../train/engine/plan-engine.ts';
import { adaptedWeights } from './adapted-weights.ts';
import { exportNotes } from './export-notes.ts';
import { exportedBase } from './exported-base.ts';
import type { ExportedFolder, ExportedTrial, Written } from '../exported-trial.ts';
import { keptShare } from './kept-share.ts';
import { modelCard } from './model-card.ts';
import { portableGraph } from './portable-graph.ts';
import { copyTokenizer } from './tokenizer-files.ts';

/** A protobuf message ends below 2 GiB: larger models have their weights in a file beside the graph. */
const MOST_BYTES_IN_ONE_FILE = 1.75 * 2 ** 30;

const graphFile = 'model.onnx';
const dataFile = 'model.onnx.data';

/**
 * Writes what a trial's evaluation computed as one ONNX file of base, adapter and head, an ensemble with all its members,
 * which onnxruntime runs anywhere; beside it the tokenizer, config.json with the labels, README.md.
 * @throws EXPORT_UNFAITHFUL where members drop single elements, or masks are each row's own: these depend on the row that is scored
 */
export async function writePortableModel(
  exported: ExportedTrial,
  folder: string,
  written?: Written,
): Promise<ExportedFolder> {
  const { trial, specification, checkpoint, opened, place } = exported;
  const { configuration, evaluation } = trial;
  const members = membersOf(exported);
  const scale = updateScale(configuration) * (members.length === 0 ? keptShare(trial) : 1);
  const adapted = adaptedWeights(opened, checkpoint, { ...configuration, scale });
  const { head } = taskOf(specification.task).published;
  const bytes = opened.weights.all().reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
  let done = 0;
  await mkdir(folder, { recursive: true });
  const weights = bytes > MOST_BYTES_IN_ONE_FILE ? beside(join(folder, dataFile)) : inside;
  try {
    const graph = portableGraph({
      opened,
      head: opened.encoder.head(head ?? objectiveOf(specification.task, configuration).head),
      layout: checkpoint.layout,
      method: adapterMethods[configuration.adapter],
      scale,
      adapted,
      members,
      probabilities: evaluation.aggregate === 'logits' ? null : probabilitiesOf(exported),
      place: (name, data) => {
        written?.((done += data.byteLength), Math.max(done, bytes));
        return weights.place(name, data);
      },
    });
    await writeFile(join(folder, graphFile), serialiseModel(graph));
    return await describe(exported, folder, {
      inputs: graph.inputs.map(({ name }) => name),
      files: weights.files,
      tokenizer: await copyTokenizer(place, folder),
    });
  } finally {
    weights.close();
  }
}

/** @throws EXPORT_UNFAITHFUL where the task takes them over all tokens, of which a padded batch has more */
function probabilitiesOf({ trial, specification }: ExportedTrial): NonNullable<PublishedTask['probabilities']> {
  const { probabilities } = taskOf(specification.task).published;
  if (probabilities !== null) return probabilities;
  throw new DropsweepError('EXPORT_UNFAITHFUL', 'padding would take part in the probabilities that are averaged', {
    where: `trial ${trial.trial}`,
    got: 'aggregate: probabilities',
    expected: 'a trial of aggregate: logits',
    fix: 'add an evaluation of aggregate: logits to the sweep (resume --extend) and export that trial',
  });
}

/** Each member's masks; none where the evaluation draws none. */
function membersOf({ trial, checkpoint }: ExportedTrial): readonly AdapterMasks[] {
  const { configuration, evaluation } = trial;
  if (evaluation.mode !== 'ensemble') return [];
  const elements = elementRates(configuration);
  if (dropsElements(elements) || configuration.mask_sharing === 'row') {
    throw new DropsweepError('EXPORT_UNFAITHFUL', 'a file cannot hold masks that are drawn for each row', {
      where: `trial ${trial.trial}`,
      got: 'an ensemble whose members drop single elements (lora_dropout or hidden_dropout), or have mask_sharing: row',
      expected: 'a trial of mode expected or raw, or of masks that rows share',
      fix: 'add an evaluation of mode: expected to the sweep (resume --extend) and export that trial',
    });
  }
  const rates = { dropoutRate: evaluation.dropout_rate, elements, variant: configuration };
  return Array.from({ length: evaluation.ensemble_size }, (_, member) =>
    memberMasks(checkpoint.layout, rates, evaluation.mask_seed, member),
  );
}

interface WeightPlaces {
  readonly files: readonly string[];
  place(name: string, data: Float32Array): ConstantData | ExternalData;
  close(): void;
}

const inside: WeightPlaces = { files: [graphFile], place: (_name, data) => data, close: () => undefined };

function beside(file: string): WeightPlaces {
  const handle = openSync(file, 'w');
  let offset = 0;
  return {
    files: [graphFile, dataFile],
    place(_name, data) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(handle, bytes, written, bytes.length - written, offset + written);
      }
      const placed = { location: dataFile, offset, length: bytes.length };
      offset += bytes.length;
      return placed;
    },
    close: () => closeSync(handle),
  };
}

interface WrittenGraph {
  readonly inputs: readonly string[];
  readonly files: readonly string[];
  readonly tokenizer: readonly string[];
}

async function describe(exported: ExportedTrial, folder: string, written: WrittenGraph): Promise<ExportedFolder> {
  const { trial, specification } = exported;
  const { evaluation } = trial;
  const notes = exportNotes(trial, 'as_measured');
  const base = exportedBase(specification.base);
  const { padId } = await readModelLimits(exported.place);
  const output = evaluation.aggregate;
  const config = {
    ...taskOf(specification.task).published.config(specification.task),
    max_length: specification.configuration.max_length,
    pad_token_id: padId,
    base: { name: base.name, content_hash: base.contentHash },
    evaluation,
    output,
  };
  const card = modelCard(exported, {
    title: `${base.name}, fine-tuned, as one ONNX file`,
    library: 'onnxruntime',
    base,
    needs: 'onnxruntime 1.18 or newer, in any language (the graph uses com.microsoft operators).',
    notes,
    loading: {
      language: 'python',
      lines: [
        'import onnxruntime, tokenizers',
        'tokenizer = tokenizers.Tokenizer.from_file("tokenizer.json")',
        `tokenizer.enable_truncation(${specification.configuration.max_length}); tokenizer.enable_padding(pad_id=${padId})`,
        'encodings = tokenizer.encode_batch(["a text"])',
        `session = onnxruntime.InferenceSession("${graphFile}")`,
        `feeds = {${written.inputs.map((name) => `"${name}": [e.${encodingField[name] ?? ''} for e in encodings]`).join(', ')}}`,
        `${output}, = session.run(["${output}"], feeds)`,
      ],
    },
  });
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  await writeFile(join(folder, 'README.md'), card);
  return { files: [...written.files, 'config.json', ...written.tokenizer, 'README.md'], notes };
}

/** What the tokenizers library calls an input. */
const encodingField: Readonly<Record<string, string>> = {
  input_ids: 'ids',
  attention_mask: 'attention_mask',
  token_type_ids: 'type_ids',
};
