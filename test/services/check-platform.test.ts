import { expect, test } from 'vitest';
import { checkPlatform, type Platform, thisPlatform } from '../../src/services/doctor/check-platform.ts';

const debian: Platform = { system: 'linux', architecture: 'x64', glibc: '2.36', shell: true };

test('this platform is one that works', () => {
  expect(checkPlatform(thisPlatform()).status).toBe('ok');
});

test('a platform without glibc, or that no program is built for, is named with those that work', () => {
  for (const platform of [
    { ...debian, glibc: null },
    { ...debian, architecture: 'riscv64' },
    { ...debian, system: 'win32', glibc: null },
    { ...debian, system: 'darwin', architecture: 'ia32', glibc: null },
  ]) {
    const finding = checkPlatform(platform);
    expect(finding.status).toBe('fail');
    expect(finding.fix).toMatch(/Linux with glibc, macOS or WSL2, on x64 or arm64/);
  }
  expect(checkPlatform({ ...debian, glibc: null })).toMatchObject({
    detail: 'linux x64 without glibc',
    fix: expect.stringMatching(/not musl/),
  });
  expect(checkPlatform({ ...debian, system: 'darwin', architecture: 'arm64', glibc: null }).status).toBe('ok');
});

test('an image without a shell is told, as initdb needs one', () => {
  expect(checkPlatform({ ...debian, shell: false })).toMatchObject({
    status: 'warn',
    detail: expect.stringMatching(/without \/bin\/sh/),
    fix: expect.stringMatching(/DATABASE_URL/),
  });
});
