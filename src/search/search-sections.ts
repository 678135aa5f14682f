import type { SearchSections } from '../sweep/search-section.ts';
import { samplers } from './samplers/samplers.ts';
import { schedulers } from './schedulers/schedulers.ts';

/** What a sweep file may say of samplers and schedulers. */
export const searchSections: SearchSections = {
  samplers: samplers.map(({ section }) => section),
  schedulers: schedulers.map(({ section }) => section),
};
