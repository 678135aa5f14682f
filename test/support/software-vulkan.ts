import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';

/** Where distributions put software drivers: Chromium's SwiftShader. */
const knownPlaces = ['/usr/lib/chromium/vk_swiftshader_icd.json', '/usr/lib/chromium-browser/vk_swiftshader_icd.json'];

/** dlfcn.h's RTLD_NODELETE: what was opened stays, although it is no module of Node's. */
const keepOpen = 0x1000;

/** The driver's description that DROPSWEEP_TEST_VULKAN names, or one at a known place; null: there is none. */
export function softwareVulkan(): string | null {
  const given = process.env['DROPSWEEP_TEST_VULKAN'];
  return [...(given === undefined ? [] : [given]), ...knownPlaces].find((place) => existsSync(place)) ?? null;
}

/**
 * Makes this process see that driver and no other. A loader beside the description is opened here, where none is
 * installed: the dynamic linker's own path cannot be changed in a running process.
 */
export function useVulkanDriver(description: string): void {
  process.env['VK_ICD_FILENAMES'] = description;
  const loader = path.join(path.dirname(description), 'libvulkan.so.1');
  if (!existsSync(loader)) return;
  try {
    process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_LAZY | keepOpen);
  } catch {
    // It is no module and says so; it is open all the same.
  }
}
