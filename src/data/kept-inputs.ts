import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sha256 } from '../base/sha256.ts';
import type { EncodedRows } from './encoded-rows.ts';

/** All of encoded rows but the rows. */
export type MadeInputs = Omit<EncodedRows, 'rows'>;

const ending = '.inputs';
/** Inputs of a piece of a file: many are never serialised at once. */
const inputsOfPiece = 1_024;
const digestBytes = 32;
const lengthBytes = 4;

/**
 * Inputs as `keepInputs` left them, to the bit.
 * @param key what they depend on, all of it
 * @returns null where none are kept, or the file is torn or is another's
 */
export async function readInputs(folder: string, key: string): Promise<MadeInputs | null> {
  const place = placeOf(folder, key);
  try {
    const file = await readFile(place);
    const body = file.subarray(0, Math.max(0, file.length - digestBytes));
    if (!digestOf(key, [body]).equals(file.subarray(body.length))) return null;
    const [first, ...pieces] = piecesOf(body);
    const now = new Date();
    utimesSync(place, now, now);
    return { ...first, inputs: pieces.flat() };
  } catch {
    return null;
  }
}

/** Keeps them, completely or not at all: without room they are made again. */
export async function keepInputs(folder: string, key: string, { inputs, cut }: MadeInputs): Promise<void> {
  const place = placeOf(folder, key);
  const partial = `${place}.${process.pid}`;
  const digest = createHash('sha256').update(key);
  try {
    mkdirSync(folder, { recursive: true });
    const file = await open(partial, 'w');
    try {
      const write = async (value: unknown): Promise<void> => {
        const bytes = gzipSync(serialize(value), { level: 1 });
        const length = Buffer.alloc(lengthBytes);
        length.writeUInt32LE(bytes.length);
        for (const part of [length, bytes]) {
          digest.update(part);
          await file.writeFile(part);
        }
      };
      await write(cut === undefined ? {} : { cut });
      for (let start = 0; start < inputs.length; start += inputsOfPiece)
        await write(inputs.slice(start, start + inputsOfPiece));
      await file.writeFile(digest.digest());
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, place);
    for (const { name } of surplusInputs(folder)) removeInputs(folder, name);
  } catch {
    await rm(partial, { force: true }).catch(() => undefined);
  }
}

export interface KeptFile {
  readonly name: string;
  readonly bytes: number;
}

const limitBytes = 4 * 2 ** 30;
const unusedMs = 30 * 86_400_000;
const abandonedMs = 3_600_000;

/** Files that nobody read for a month, the least recently read of the others beyond 4 GiB, and what was never finished. */
export function surplusInputs(folder: string, nowMs: number = Date.now(), limit: number = limitBytes): KeptFile[] {
  const files = filesIn(folder).toSorted((a, b) => b.usedMs - a.usedMs);
  let bytes = 0;
  return files.filter(({ name, bytes: own, usedMs }) => {
    const finished = name.endsWith(ending);
    if (nowMs - usedMs > (finished ? unusedMs : abandonedMs)) return true;
    if (finished) bytes += own;
    return finished && bytes > limit;
  });
}

export function removeInputs(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true });
}

function filesIn(folder: string): (KeptFile & { readonly usedMs: number })[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder).flatMap((name) => {
    const file = statSync(join(folder, name), { throwIfNoEntry: false });
    return file?.isFile() === true ? [{ name, bytes: file.size, usedMs: file.mtimeMs }] : [];
  });
}

function placeOf(folder: string, key: string): string {
  return join(folder, `${sha256(key)}${ending}`);
}

function digestOf(key: string, parts: readonly Uint8Array[]): Buffer {
  const digest = createHash('sha256').update(key);
  for (const part of parts) digest.update(part);
  return digest.digest();
}

function piecesOf(body: Buffer): [Omit<MadeInputs, 'inputs'>, ...MadeInputs['inputs'][]] {
  const pieces: [Omit<MadeInputs, 'inputs'>, ...MadeInputs['inputs'][]] = [{}];
  for (let place = 0; place < body.length; ) {
    const start = place + lengthBytes;
    const end = start + body.readUInt32LE(place);
    const value = deserialize(gunzipSync(body.subarray(start, end)));
    if (place === 0) pieces[0] = value;
    else pieces.push(value);
    place = end;
  }
  return pieces;
}
