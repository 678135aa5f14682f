import type { Json } from '../../base/canonical-json.ts';
import type { YamlSection } from './yaml-section.ts';

/** Settings of a kind of sampler or scheduler in a definition, beside its `kind`. */
export type KindSettings = Readonly<Record<string, Json>>;

/**
 * Setting that no file has: how this version makes a kind's points, where an earlier one made others of the same settings. A
 * sweep keeps the points that it was launched with; whether two sweeps are one does not hang on it.
 */
export const madeAs = 'made_as';

/** What a file says of a kind. */
export function saidOf<Settings extends KindSettings>(settings: Settings): KindSettings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name !== madeAs));
}

/** The part of a kind of sampler or scheduler that reading a sweep file asks for. */
export interface KindSection {
  /** The value of `search.kind`, or of `scheduler.kind`. */
  readonly kind: string;
  /** How it is written where it needs more than its name; null: its name is enough. */
  readonly example: string | null;
  /** Its work, in one sentence of the reference without its full stop. */
  readonly sentence: string;
  readonly fields: readonly KindField[];
  /** Reads its own fields, and reports what is wrong with them. */
  read(section: YamlSection): KindSettings;
}

export interface KindField {
  readonly name: string;
  /** The values that it may hold, in words. */
  readonly expected: string;
  /** Without its full stop. */
  readonly sentence: string;
}

export interface SamplerSection extends KindSection {
  /** Whether axes may be ranges {min, max}. */
  readonly ranges: boolean;
  /** Whether its points follow from results, so that it can learn from those of former sweeps; absent: they do not. */
  readonly adapts?: boolean;
}

/** Every kind that a file may name, the one that stands for none given first. */
export interface SearchSections {
  readonly samplers: readonly SamplerSection[];
  readonly schedulers: readonly KindSection[];
}

/** A number among recorded settings. @throws where it is none: the definition is not one of that kind */
export function numberSetting(settings: { readonly kind: string } & KindSettings, name: string): number {
  const value = settings[name];
  if (typeof value === 'number') return value;
  throw new Error(`${settings.kind} has no number ${name}, but ${JSON.stringify(value)}`);
}

/** A list of numbers among recorded settings. @throws where it is none */
export function numbersSetting(settings: { readonly kind: string } & KindSettings, name: string): readonly number[] {
  const value = settings[name];
  if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return value;
  throw new Error(`${settings.kind} has no numbers ${name}, but ${JSON.stringify(value)}`);
}
