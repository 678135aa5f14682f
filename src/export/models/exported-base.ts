import { isAbsolute } from 'node:path';
import type { BaseModelReference } from '../../sweep/vocabulary.ts';

/** How an export names its base to others: a hub's id, or a placeholder for a folder that lies on one machine. */
export interface ExportedBase {
  readonly name: string;
  readonly contentHash: string;
  readonly onHub: boolean;
}

/** A path says nothing elsewhere, and leaks a name: a folder's model is named by its content's hash. */
export function exportedBase({ reference, content_hash: contentHash }: BaseModelReference): ExportedBase {
  const local = isAbsolute(reference) || /^\.{1,2}([/\\]|$)/.test(reference) || reference.endsWith('.onnx');
  return { name: local ? `local-model-${contentHash.slice(0, 12)}` : reference, contentHash, onHub: !local };
}
