import { mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DropsweepError } from '../../src/base/errors.ts';
import type { EncoderReading } from '../../src/models/encoder.ts';
import { floatProduct } from '../../src/models/weights/frozen-product.ts';
import { importEncoder } from '../../src/models/onnx-import/imported-encoder.ts';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from '../../src/onnx/generated/onnx_pb.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { stream } from '../../src/random/stream.ts';

const mutations = Number(process.env['DROPSWEEP_FUZZ'] ?? '400');
const width = 4;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-onnx-'));
  file = path.join(folder, 'model.onnx');
});
afterEach(() => rmSync(folder, { recursive: true }));

interface NodeChange {
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly axes?: readonly number[];
}

function reductionOver(axes: readonly number[]) {
  const { INT, INTS } = AttributeProto_AttributeType;
  return [
    create(AttributeProtoSchema, { name: 'axes', type: INTS, ints: axes.map(BigInt) }),
    create(AttributeProtoSchema, { name: 'keepdims', type: INT, i: 0n }),
  ];
}

/** Embeddings and one linear in a numbered layer, as an exporter would write them. */
function write(
  change: { readonly nodes?: readonly NodeChange[]; readonly external?: string; readonly opset?: bigint } = {},
) {
  const raw = (count: number) => new Uint8Array(Float32Array.from({ length: count }, (_, i) => 0.01 * i).buffer);
  const linear = {
    name: 'layer.0.dense.weight',
    dims: [BigInt(width), BigInt(width)],
    dataType: TensorProto_DataType.FLOAT,
  };
  const nodes = change.nodes ?? [
    { opType: 'Gather', input: ['embeddings.weight', 'input_ids'], output: ['x'] },
    { opType: 'MatMul', input: ['x', 'layer.0.dense.weight'], output: ['y'] },
    { opType: 'Tanh', input: ['y'], output: ['last'] },
  ];
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ domain: '', version: change.opset ?? 17n }],
    graph: create(GraphProtoSchema, {
      node: nodes.map(({ opType, input, output, axes }, at) => ({
        opType,
        input: [...input],
        output: [...output],
        name: `n${at}`,
        attribute: axes === undefined ? [] : reductionOver(axes),
      })),
      input: [{ name: 'input_ids' }],
      output: [{ name: 'last' }],
      initializer: [
        {
          name: 'embeddings.weight',
          dims: [8n, BigInt(width)],
          dataType: TensorProto_DataType.FLOAT,
          rawData: raw(8 * width),
        },
        change.external === undefined
          ? { ...linear, rawData: raw(width * width) }
          : {
              ...linear,
              dataLocation: TensorProto_DataLocation.EXTERNAL,
              externalData: [{ key: 'location', value: change.external }],
            },
      ],
    }),
  });
  writeFileSync(file, toBinary(ModelProtoSchema, model));
}

function build(reading: EncoderReading = 'all_tokens'): readonly (number | string)[] {
  const { encoder, weights } = importEncoder(file);
  const b = new GraphBuilder();
  const inputs = {
    inputIds: b.input('input_ids', 'int64', ['batch', 'tokens']),
    attentionMask: b.input('attention_mask', 'int64', ['batch', 'tokens']),
    tokenTypeIds: b.input('token_type_ids', 'int64', ['batch', 'tokens']),
  };
  const context = {
    b,
    weight: (name: string, shape: readonly number[]) => weights.value(b, name, shape),
    frozenProduct: floatProduct(b, (name, shape) => weights.value(b, name, shape)),
    trainable: () => {
      throw new Error('it has no head of its own');
    },
    adapt: (_linear: string, _x: unknown, y: Parameters<typeof b.build>[1][number]) => y,
    drop: (_place: string, x: Parameters<typeof b.build>[1][number]) => x,
  };
  return encoder.build(context, inputs, reading).shape;
}

describe('an ONNX file', () => {
  it('as an exporter writes it is built, its weights mapped from where they lie', () => {
    write();
    expect(build()).toEqual(['batch·tokens', width]);
    const { encoder, weights } = importEncoder(file);
    expect(encoder.linears).toMatchObject([{ name: 'layer.0.dense', inFeatures: width, outFeatures: width }]);
    expect([...weights.read('layer.0.dense.weight', [width, width])].slice(0, 3)).toEqual(
      [0, 0.01, 0.02].map(Math.fround),
    );
  });

  it.each([
    ['an operator that is not known', [{ opType: 'Einsum', input: ['x'], output: ['last'] }], /n2[^]*Einsum/],
    ['a cycle', [{ opType: 'Add', input: ['x', 'last'], output: ['last'] }], /ONNX_INVALID[^]*cycle.*n2/],
    ['a value that nothing gives', [{ opType: 'Tanh', input: ['z'], output: ['last'] }], /ONNX_INVALID[^]*reads z/],
    ['a value given twice', [{ opType: 'Tanh', input: ['x'], output: ['y'] }], /ONNX_INVALID[^]*y is given twice/],
  ])('with %s is refused by name', (_what, last, message) => {
    write({
      nodes: [
        { opType: 'Gather', input: ['embeddings.weight', 'input_ids'], output: ['x'] },
        { opType: 'MatMul', input: ['x', 'layer.0.dense.weight'], output: ['y'] },
        ...last,
      ],
    });
    expect(() => build()).toThrow(message);
  });

  it('that is pooled already is read for each sample, and refused where every token is to be read', () => {
    write({
      nodes: [
        { opType: 'Gather', input: ['embeddings.weight', 'input_ids'], output: ['x'] },
        { opType: 'MatMul', input: ['x', 'layer.0.dense.weight'], output: ['y'] },
        { opType: 'ReduceMean', input: ['y'], output: ['last'], axes: [1] },
      ],
    });
    expect(build('first_token')).toEqual(['batch', width]);
    expect(() => build('all_tokens')).toThrow(/MODEL_UNSUPPORTED[^]*one output a sample/);
  });

  it('with an opset of another time is refused', () => {
    write({ opset: 9n });
    expect(() => build()).toThrow(/MODEL_UNSUPPORTED[^]*opset 9/);
  });

  it.each(['../weights.bin', '/etc/passwd', 'linked.bin', 'absent.bin'])(
    'whose weights lie at %s is refused before anything reads them',
    (external) => {
      writeFileSync(path.join(folder, 'real.bin'), new Uint8Array(4 * width * width));
      symlinkSync(path.join(folder, 'real.bin'), path.join(folder, 'linked.bin'));
      write({ external });
      expect(() => build()).toThrow(/ONNX_INVALID[^]*layer\.0\.dense\.weight/);
      write({ external: 'real.bin' });
      expect(build()).toEqual(['batch·tokens', width]);
    },
  );

  it('over protobuf’s limit is refused by its size', () => {
    write();
    truncateSync(file, 2 ** 31 + 5);
    expect(() => build()).toThrow(/ONNX_INVALID[^]*over protobuf's limit/);
  });

  it(`mutated in ${mutations} ways is built or refused with a code`, () => {
    write();
    const whole = readFileSync(file);
    const codes = new Map<string, number>();
    for (let i = 0; i < mutations; i += 1) {
      const draw = stream(i, 'onnx-mutation');
      const bytes = Buffer.from(whole);
      for (const at of draw.integers(1 + (i % 4), bytes.length)) bytes.writeUInt8((at * 31 + i) % 256, at);
      const cut = i % 5 === 0 ? (draw.integers(1, bytes.length)[0] ?? 0) : bytes.length;
      writeFileSync(file, bytes.subarray(0, cut));
      const code = attempt();
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect([...codes.keys()].filter((code) => !/^(built|[A-Z_]+)$/.test(code))).toEqual([]);
    expect(codes.get('ONNX_INVALID') ?? 0).toBeGreaterThan(0);
  });
});

function attempt(): string {
  try {
    build();
    return 'built';
  } catch (error) {
    return error instanceof DropsweepError ? error.code : String(error);
  }
}
