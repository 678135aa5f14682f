import { checkpointInvalid } from './checkpoint-invalid.ts';
import type { FileCursor } from './file-cursor.ts';

/** The meaning of a pickle's names. A pickle is a program: whoever reads one decides what it can do. */
export interface PickleMeaning {
  /** The result of a class or function for its arguments. @throws where it is not known */
  global(name: string): (...given: readonly unknown[]) => unknown;
  /** The object behind a persistent id, which lies outside the pickle. */
  persistent(id: unknown): unknown;
}

/**
 * Runs one pickle of protocols 2 to 5, as far as data needs them. Tuples and lists are arrays, dictionaries are Maps.
 * Source: Lib/pickletools.py of CPython, which documents each operation.
 * @param source stands behind the pickle afterwards
 * @throws WEIGHTS_INVALID for an operation or a name that is not known
 */
export function unpickle(source: FileCursor, meaning: PickleMeaning): unknown {
  const machine = new Machine(source, meaning);
  for (;;) {
    const code = source.take(1).toString('latin1');
    if (code === '.') return machine.pop();
    const operation = operations[code];
    if (operation === undefined) {
      throw machine.invalid('the pickle has an operation that is not known', JSON.stringify(code), 'data alone');
    }
    operation(machine);
  }
}

class Machine {
  readonly source: FileCursor;
  readonly meaning: PickleMeaning;
  readonly memo = new Map<number, unknown>();
  readonly #marks: number[] = [];
  #stack: unknown[] = [];

  constructor(source: FileCursor, meaning: PickleMeaning) {
    this.source = source;
    this.meaning = meaning;
  }

  push(value: unknown): void {
    this.#stack.push(value);
  }

  pop(): unknown {
    if (this.#stack.length === 0) throw this.invalid('the pickle takes from an empty stack', 'nothing', 'a value');
    return this.#stack.pop();
  }

  top(): unknown {
    const value = this.pop();
    this.push(value);
    return value;
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** All that lies above the last mark. */
  popMarked(): unknown[] {
    const from = this.#marks.pop();
    if (from === undefined) throw this.invalid('the pickle lacks a mark', 'nothing', 'a mark');
    const taken = this.#stack.slice(from);
    this.#stack = this.#stack.slice(0, from);
    return taken;
  }

  popTuple(size: number): unknown[] {
    return Array.from({ length: size }, () => this.pop()).reverse();
  }

  text(bytes: number): string {
    return this.source.take(bytes).toString('utf8');
  }

  call(callee: unknown, given: unknown): unknown {
    if (typeof callee !== 'function' || !Array.isArray(given)) {
      throw this.invalid(
        'the pickle calls what is no function',
        [typeof callee, typeof given],
        'a function and its arguments',
      );
    }
    return Reflect.apply(callee, null, given);
  }

  append(values: readonly unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.invalid('the pickle appends to what is no list', typeof list, 'a list');
    for (const value of values) list.push(value);
  }

  set(pairs: readonly unknown[]): void {
    const map = this.top();
    if (!(map instanceof Map)) throw this.invalid('the pickle sets a key of no dictionary', typeof map, 'a dictionary');
    for (let i = 0; i + 1 < pairs.length; i += 2) map.set(pairs[i], pairs[i + 1]);
  }

  recall(index: number): void {
    if (!this.memo.has(index)) throw this.invalid('the pickle recalls what it did not keep', index, 'an earlier value');
    this.push(this.memo.get(index));
  }

  invalid(what: string, got: unknown, expected: string): Error {
    return checkpointInvalid(`${this.source.where}, at byte ${this.source.position}`, what, got, expected);
  }
}

const uint8 = ({ source }: Machine) => source.take(1).readUInt8();
const uint32 = ({ source }: Machine) => source.take(4).readUInt32LE();
const uint64 = ({ source }: Machine) => Number(source.take(8).readBigUInt64LE());

/** An integer from little-endian two's complement: a number where it fits. */
function signedInteger(bytes: Uint8Array): number | bigint {
  const bits = bytes.length * 8;
  const unsigned = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const value = bits === 0 ? 0n : BigInt.asIntN(bits, unsigned);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** By their byte in the file. */
const operations: Readonly<Record<string, (machine: Machine) => void>> = {
  '\x80': (m) => m.source.take(1), // PROTO
  '\x95': (m) => m.source.take(8), // FRAME
  '(': (m) => m.mark(),
  '0': (m) => m.pop(),
  '1': (m) => m.popMarked(),
  '2': (m) => m.push(m.top()),
  N: (m) => m.push(null),
  '\x88': (m) => m.push(true),
  '\x89': (m) => m.push(false),
  J: (m) => m.push(m.source.take(4).readInt32LE()),
  K: (m) => m.push(uint8(m)),
  M: (m) => m.push(m.source.take(2).readUInt16LE()),
  '\x8a': (m) => m.push(signedInteger(m.source.take(uint8(m)))),
  G: (m) => m.push(m.source.take(8).readDoubleBE()),
  U: (m) => m.push(m.text(uint8(m))),
  T: (m) => m.push(m.text(uint32(m))),
  X: (m) => m.push(m.text(uint32(m))),
  '\x8c': (m) => m.push(m.text(uint8(m))),
  '\x8d': (m) => m.push(m.text(uint64(m))),
  C: (m) => m.push(Buffer.from(m.source.take(uint8(m)))),
  B: (m) => m.push(Buffer.from(m.source.take(uint32(m)))),
  ')': (m) => m.push([]),
  ']': (m) => m.push([]),
  '}': (m) => m.push(new Map()),
  t: (m) => m.push(m.popMarked()),
  l: (m) => m.push(m.popMarked()),
  '\x85': (m) => m.push(m.popTuple(1)),
  '\x86': (m) => m.push(m.popTuple(2)),
  '\x87': (m) => m.push(m.popTuple(3)),
  a: (m) => m.append([m.pop()]),
  e: (m) => m.append(m.popMarked()),
  s: (m) => m.set(m.popTuple(2)),
  u: (m) => m.set(m.popMarked()),
  d: (m) => {
    const pairs = m.popMarked();
    m.push(new Map());
    m.set(pairs);
  },
  q: (m) => m.memo.set(uint8(m), m.top()),
  r: (m) => m.memo.set(uint32(m), m.top()),
  '\x94': (m) => m.memo.set(m.memo.size, m.top()),
  h: (m) => m.recall(uint8(m)),
  j: (m) => m.recall(uint32(m)),
  c: (m) => m.push(m.meaning.global(`${m.source.line()}.${m.source.line()}`)),
  '\x93': (m) => m.push(m.meaning.global(m.popTuple(2).join('.'))),
  R: (m) => callTop(m),
  '\x81': (m) => callTop(m), // NEWOBJ
  b: (m) => m.pop(), // BUILD: the attributes of an object, none of which is data of a state dict
  Q: (m) => m.push(m.meaning.persistent(m.pop())),
};

function callTop(machine: Machine): void {
  const [callee, given] = machine.popTuple(2);
  machine.push(machine.call(callee, given));
}
