import { describe, expect, it } from 'vitest';
import { chooseDevice } from '../../../src/runtime/devices/choose-device.ts';
import { cpu } from '../../../src/runtime/devices/cpu.ts';
import { demandFloat16 } from '../../../src/runtime/devices/demand-float16.ts';
import { demandPrecision } from '../../../src/runtime/devices/demand-precision.ts';
import { probeDevices, refusalIn } from '../../../src/runtime/devices/probe-devices.ts';
import { webgpu } from '../../../src/runtime/devices/webgpu.ts';
import type { DeviceKind } from '../../../src/sweep/device-kind.ts';

const opening =
  (...kinds: readonly DeviceKind[]) =>
  (kind: DeviceKind) =>
    Promise.resolve(kinds.includes(kind) ? null : `${kind} is not here`);

describe('a precision of the base', () => {
  it('is refused by a device that does not multiply in it, naming those that it does', () => {
    expect(() => demandPrecision(cpu, 'int8')).not.toThrow();
    expect(() => demandPrecision(webgpu, 'float32')).not.toThrow();
    expect(() => demandPrecision(webgpu, 'int8')).toThrow(/DEVICE_UNSUITABLE[^]*webgpu[^]*int8[^]*float32/);
  });
});

describe('float16 on a device', () => {
  it('is refused with what the device said and what to do', async () => {
    await expect(demandFloat16('webgpu', {}, () => Promise.resolve('Program Cast requires f16'))).rejects.toThrow(
      /DEVICE_UNSUITABLE[^]*webgpu[^]*requires f16[^]*shader-f16[^]*device: cpu/,
    );
    await demandFloat16('webgpu', {}, () => Promise.resolve(null));
  });

  it('is not tried on the CPU, which makes its products in float32', async () => {
    await demandFloat16('cpu', {});
    expect((await probeDevices({ ...process.env })).find(({ kind }) => kind === 'cpu')?.float16Refusal).toBeNull();
  });
});

describe('what a device said', () => {
  it('is onnxruntime’s sentence, and the linker’s where a library does not load', () => {
    const source = 'context.cc:204 Failed to get it was false. No adapter\n';
    expect(refusalIn({ stdout: source, stderr: '' })).toBe('No adapter');
    const stderr =
      '[E:] Failed to load library /x/y.so with error: libcublasLt.so.12: cannot open shared object file\n';
    expect(refusalIn({ stdout: 'Failed to load shared library', stderr })).toBe(
      'Failed to load shared library: libcublasLt.so.12: cannot open shared object file',
    );
  });
});

describe('choosing a device', () => {
  it('takes the best that opens where it may choose', async () => {
    expect(await chooseDevice('auto', {}, opening('webgpu', 'cuda'), () => true)).toBe('cuda');
    expect(await chooseDevice('auto', {}, opening('webgpu'), () => true)).toBe('webgpu');
    expect(await chooseDevice('auto', {}, opening(), () => true)).toBe('cpu');
  });

  it('passes over what no hardware stands behind, unless it is asked for by name', async () => {
    expect(await chooseDevice('auto', {}, opening('webgpu'), () => false)).toBe('cpu');
    expect(await chooseDevice('webgpu', {}, opening('webgpu'), () => false)).toBe('webgpu');
  });

  it('says why the one asked for does not open, and what to do', async () => {
    await expect(chooseDevice('cuda', {}, opening('cpu'), () => true)).rejects.toThrow(
      /DEVICE_UNSUITABLE[^]*cuda is not here[^]*DROPSWEEP_CUDA_LIBRARIES/,
    );
  });

  it('opens each in a process of its own: the CPU is always there, CUDA not without its library', async () => {
    const { DROPSWEEP_CUDA_LIBRARIES: _, ...environment } = process.env;
    const findings = await probeDevices(environment);
    expect(findings.find(({ kind }) => kind === 'cpu')?.refusal).toBeNull();
    expect(findings.find(({ kind }) => kind === 'cuda')?.refusal).toMatch(/DROPSWEEP_CUDA_LIBRARIES|CUDA is for Linux/);
  });
});
