import type { SearchSections } from '../sweep/file/search-section.ts';
import { samplers } from './samplers/samplers.ts';
import { schedulers } from './schedulers/schedulers.ts';

/** The sections of samplers and schedulers in a sweep file. */
export const searchSections: SearchSections = {
  samplers: samplers.map(({ section }) => section),
  schedulers: schedulers.map(({ section }) => section),
};
