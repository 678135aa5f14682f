/** Kinds of devices that slots compute on. One sweep runs on one kind: its trainings' bits depend on it. */
export const deviceKinds = ['cpu', 'cuda', 'webgpu'] as const;

export type DeviceKind = (typeof deviceKinds)[number];

export function isDeviceKind(text: string): text is DeviceKind {
  return deviceKinds.some((kind) => kind === text);
}
