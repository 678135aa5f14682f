import { formatCount } from '../../base/format-count.ts';
import { readSync } from 'node:fs';
import { checkpointInvalid } from './checkpoint-invalid.ts';

const windowBytes = 64 * 1024;

/** No name or value of a state dict's pickle comes near. */
const longestBytes = 64 * 1024 * 1024;

/** A stretch of a file, read on from its start. */
export class FileCursor {
  readonly where: string;
  readonly #file: number;
  readonly #end: number;
  #position: number;
  #window = Buffer.alloc(0);
  /** Where the window begins in the file. */
  #windowStart = 0;

  /** @param where the file's name, for messages */
  constructor(file: number, where: string, start: number, end: number) {
    this.#file = file;
    this.where = where;
    this.#position = start;
    this.#end = end;
  }

  /** Offset of the next byte from the start of the file. */
  get position(): number {
    return this.#position;
  }

  /** @throws WEIGHTS_INVALID where fewer bytes are left, or more are asked for than any value has */
  take(count: number): Buffer {
    const from = this.#position;
    if (count > longestBytes) {
      throw checkpointInvalid(
        this.where,
        'a value is too long',
        formatCount(count, 'byte'),
        `at most ${formatCount(longestBytes, 'byte')}`,
      );
    }
    if (count > this.#end - from) {
      throw checkpointInvalid(
        this.where,
        'the file is truncated',
        formatCount(this.#end - from, 'byte'),
        formatCount(count, 'more byte'),
      );
    }
    const isInside = from >= this.#windowStart && from + count <= this.#windowStart + this.#window.length;
    if (!isInside) this.#fill(from, count);
    this.#position += count;
    const start = from - this.#windowStart;
    return this.#window.subarray(start, start + count);
  }

  /** Up to the next line feed, without it. */
  line(): string {
    const bytes: number[] = [];
    for (let byte = this.take(1).readUInt8(); byte !== 0x0a; byte = this.take(1).readUInt8()) bytes.push(byte);
    return Buffer.from(bytes).toString('utf8');
  }

  /** @throws WEIGHTS_INVALID where fewer bytes are left */
  skip(count: number): void {
    const left = this.#end - this.#position;
    if (count > left)
      throw checkpointInvalid(
        this.where,
        'the file is truncated',
        formatCount(left, 'byte'),
        formatCount(count, 'more byte'),
      );
    this.#position += count;
  }

  #fill(from: number, count: number): void {
    const window = Buffer.alloc(Math.min(Math.max(count, windowBytes), this.#end - from));
    let done = 0;
    while (done < window.length) {
      const read = readSync(this.#file, window, done, window.length - done, from + done);
      if (read === 0) break;
      done += read;
    }
    this.#window = window.subarray(0, done);
    this.#windowStart = from;
    if (done < count)
      throw checkpointInvalid(this.where, 'the file is truncated', `${done} bytes`, formatCount(count, 'byte'));
  }
}
