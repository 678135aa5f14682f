import type { Replacement } from '../../onnx/rewrites/replace-operators.ts';
import type { DeviceKind } from '../../sweep/device-kind.ts';
import type { BasePrecision } from '../../sweep/vocabulary.ts';

/**
 * The abilities of a provider of onnxruntime: what it is given and what it is not. A profile is data: whoever opens a
 * graph reads it, and nobody asks which kind it is.
 */
export interface DeviceProfile {
  readonly kind: DeviceKind;
  /** Operators on floats that it runs, by name; null: whatever our graphs hold. */
  readonly operators: ReadonlySet<string> | null;
  /** The operators that stand in for those that it lacks. */
  readonly alternatives: Readonly<Record<string, Replacement>>;
  readonly basePrecisions: readonly BasePrecision[];
  /** The type of its products for a base in float16: that, or float32 with operands and results rounded to float16. */
  readonly float16Products: 'float16' | 'float';
  /**
   * One session with an If over training and evaluation, or one for each, opened when first needed. onnxruntime looks
   * for nodes that fell back to the CPU in a graph's top only: inside an If they would go unseen.
   */
  readonly branches: 'one session' | 'a session each';
  /** Whether what can go through the processor's cache piece by piece does. */
  readonly inPieces: boolean;
  /** Whether padding gets no rows where the model's family can do without: shapes are many then. */
  readonly leavesPaddingOut: boolean;
  /**
   * Whether a run's memory is taken as one block before it: where onnxruntime's arena holds it and grows as it likes.
   */
  readonly reservesRuns: boolean;
  /** Whether whatever integers alone decide is computed by the CPU before, in a session of its own. */
  readonly integersOnHost: boolean;
  /** As onnxruntime takes them. */
  readonly executionProviders: readonly string[];
  /** Session configuration entries besides those of every session. */
  readonly sessionEntries: Readonly<Record<string, string>>;
  /** Copies of the frozen weights in the device's memory; 0: they are mapped from their file and shared by slots. */
  readonly weightCopies: number;
  /** Names what, besides onnxruntime's version, its results depend on. */
  numericsClass(): string;
  /** Whether hardware stands behind it here: `auto` passes over what a program would only imitate. */
  hasHardware(): boolean;
  /** Bytes; null: it cannot be asked. */
  memoryBytes(): number | null;
}
