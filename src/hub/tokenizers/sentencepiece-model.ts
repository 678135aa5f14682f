import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { readBytes, unsupportedTokenizer } from './published-files.ts';

/** Kinds of pieces, by their numbers in sentencepiece_model.proto. */
export const pieceKinds = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export interface SentencePiece {
  readonly piece: string;
  /** Natural logarithm of a probability. */
  readonly score: number;
  readonly kind: number;
}

/** A Unigram model of SentencePiece. */
export interface SentencePieceModel {
  /** By id. */
  readonly pieces: readonly SentencePiece[];
  readonly unknownId: number;
  /** How characters are normalised; empty: not at all. */
  readonly characterMap: Uint8Array;
}

const unigram = 1;

/**
 * Reads a model that SentencePiece trained. Fields and their numbers are those of its sentencepiece_model.proto.
 * @throws MODEL_UNSUPPORTED for another algorithm, for white space handled otherwise than by default, which
 * tokenizer.json cannot say, and for a file that is cut off or is none
 */
export function readSentencePieceModel(file: string): SentencePieceModel {
  const bytes = readBytes(file);
  let model: ReadModel;
  try {
    model = readModel(bytes);
  } catch (error) {
    throw unsupportedTokenizer(file, { expected: 'a model of SentencePiece, whole', cause: error });
  }
  return demandUsual(file, model);
}

/** The file's own values, and its format's defaults where it has none. */
interface ReadModel {
  pieces: SentencePiece[];
  trainer: { modelType: number; unknownId: number; spaceBehind: boolean } | null;
  normalizer: { characterMap: Uint8Array; spaceInFront: boolean; spacesMerged: boolean; spacesMarked: boolean } | null;
}

function readModel(bytes: Uint8Array): ReadModel {
  const model: ReadModel = { pieces: [], trainer: null, normalizer: null };
  readMessage(bytes, {
    1: [WireType.LengthDelimited, (reader) => model.pieces.push(readPiece(reader.bytes()))],
    2: [WireType.LengthDelimited, (reader) => (model.trainer = readTrainer(reader.bytes()))],
    3: [WireType.LengthDelimited, (reader) => (model.normalizer = readNormalizer(reader.bytes()))],
  });
  return model;
}

function readPiece(bytes: Uint8Array): SentencePiece {
  const read = { piece: '', score: 0, kind: pieceKinds.normal as number };
  readMessage(bytes, {
    1: [WireType.LengthDelimited, (reader) => (read.piece = reader.string(true))],
    2: [WireType.Bit32, (reader) => (read.score = reader.float())],
    3: [WireType.Varint, (reader) => (read.kind = reader.int32())],
  });
  return read;
}

function readTrainer(bytes: Uint8Array) {
  const read = { modelType: unigram, unknownId: 0, spaceBehind: false };
  readMessage(bytes, {
    3: [WireType.Varint, (reader) => (read.modelType = reader.int32())],
    24: [WireType.Varint, (reader) => (read.spaceBehind = reader.bool())],
    40: [WireType.Varint, (reader) => (read.unknownId = reader.int32())],
  });
  return read;
}

function readNormalizer(bytes: Uint8Array) {
  const read = { characterMap: new Uint8Array(), spaceInFront: true, spacesMerged: true, spacesMarked: true };
  readMessage(bytes, {
    2: [WireType.LengthDelimited, (reader) => (read.characterMap = Uint8Array.from(reader.bytes()))],
    3: [WireType.Varint, (reader) => (read.spaceInFront = reader.bool())],
    4: [WireType.Varint, (reader) => (read.spacesMerged = reader.bool())],
    5: [WireType.Varint, (reader) => (read.spacesMarked = reader.bool())],
  });
  return read;
}

type FieldReaders = Readonly<Record<number, readonly [type: WireType, read: (reader: BinaryReader) => unknown]>>;

/** Reads the fields named, and skips all others. @throws Error, RangeError */
function readMessage(bytes: Uint8Array, fields: FieldReaders): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const field = fields[number];
    if (field === undefined) reader.skip(type, number);
    else if (field[0] === type) field[1](reader);
    else throw new Error(`field ${number} has the wire type ${type}`);
  }
}

function demandUsual(file: string, { pieces, trainer, normalizer }: ReadModel): SentencePieceModel {
  const refuse = (got: string, expected: string) => unsupportedTokenizer(file, { got, expected });
  if (trainer === null || normalizer === null) {
    throw refuse('no specification of trainer and normaliser', 'a model of SentencePiece, whole');
  }
  if (trainer.modelType !== unigram) {
    const name = { 2: 'BPE', 3: 'WORD', 4: 'CHAR' }[trainer.modelType] ?? trainer.modelType;
    throw refuse(`model_type ${name}`, 'model_type UNIGRAM');
  }
  if (trainer.spaceBehind) throw refuse('treat_whitespace_as_suffix', 'white space before a word, as by default');
  if (!normalizer.spaceInFront) throw refuse('add_dummy_prefix false', 'add_dummy_prefix, as by default');
  if (!normalizer.spacesMerged)
    throw refuse('remove_extra_whitespaces false', 'remove_extra_whitespaces, as by default');
  if (!normalizer.spacesMarked) throw refuse('escape_whitespaces false', 'escape_whitespaces, as by default');
  if (pieces[trainer.unknownId]?.kind !== pieceKinds.unknown) {
    throw refuse(
      `unk_id ${trainer.unknownId} of ${pieces.length} pieces`,
      'unk_id of the piece that stands for unknown text',
    );
  }
  const odd = pieces.findIndex(({ score }) => !Number.isFinite(score));
  if (odd >= 0) throw refuse(`the score ${pieces[odd]?.score} of piece ${odd}`, 'finite scores');
  return { pieces, unknownId: trainer.unknownId, characterMap: normalizer.characterMap };
}
