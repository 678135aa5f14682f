import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { assertNever } from '../../src/base/assert-never.ts';
import { errorCodes } from '../../src/base/error-codes.ts';
import { errorDocumentation } from '../../src/base/error-documentation.ts';
import { DropsweepError } from '../../src/base/errors.ts';
import { sha256 } from '../../src/base/sha256.ts';

describe('errors', () => {
  it('carry code, place, what stood there, what should and what to do in their message', () => {
    const cause = new Error('ENOENT');
    const error = new DropsweepError('SWEEP_FILE_INVALID', 'dropout_rate is out of range', {
      where: 'sweep.yaml:12:5 space.dropout_rate',
      got: 1.5,
      expected: 'a number in [0, 1)',
      fix: 'choose a smaller rate',
      cause,
    });
    expect(error.message).toMatchInlineSnapshot(`
      "SWEEP_FILE_INVALID: dropout_rate is out of range
        where: sweep.yaml:12:5 space.dropout_rate
        got: 1.5
        expected: a number in [0, 1)
        to do: choose a smaller rate"
    `);
    expect(error.cause).toBe(cause);
    expect(error.code).toBe('SWEEP_FILE_INVALID');
    expect(error).toBeInstanceOf(Error);
  });

  it('say no more than they know', () => {
    const error = new DropsweepError('DISK_FULL', 'no room for a checkpoint');
    expect(error.message).toBe('DISK_FULL: no room for a checkpoint');
    expect('cause' in error).toBe(false);
  });

  it('are documented in docs/errors.md, all of them and as they are (npm run docs:errors)', () => {
    const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/errors.md'), 'utf8');
    expect(page).toBe(errorDocumentation());
    for (const code of Object.keys(errorCodes)) expect(page).toContain(`## ${code}\n`);
  });

  it('end a switch that forgot a variant, with the variant', () => {
    const forgotten: unknown = { kind: 'new' };
    expect(() => assertNever(forgotten as never, 'segment')).toThrow('unhandled segment: {"kind":"new"}');
  });
});

describe('SHA-256', () => {
  it('is the lower-case digest of bytes, or of the UTF-8 of a string', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(sha256('abc')).toBe(abc);
    expect(sha256(new Uint8Array([97, 98, 99]))).toBe(abc);
    expect(sha256('é')).toBe(sha256(new Uint8Array([0xc3, 0xa9])));
  });
});
