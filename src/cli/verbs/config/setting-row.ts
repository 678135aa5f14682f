import type { Json } from '../../../base/canonical-json.ts';

/** What holds of a setting, and where that comes from. */
export interface SettingRow {
  readonly setting: string;
  readonly value: Json;
  readonly source: 'flag' | 'environment' | 'services' | 'file' | 'recipe' | 'default';
  readonly flag: string | null;
  readonly file: string | null;
}
