import type { DeviceKind } from '../../sweep/device-kind.ts';
import { cpu } from './cpu.ts';
import { cuda } from './cuda.ts';
import type { DeviceProfile } from './device-profile.ts';
import { webgpu } from './webgpu.ts';

export const deviceProfiles: Readonly<Record<DeviceKind, DeviceProfile>> = { cpu, cuda, webgpu };
