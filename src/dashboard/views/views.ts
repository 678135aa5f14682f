import { axes } from './axes.ts';
import { configurations } from './configurations.ts';
import { events } from './events.ts';
import { overview } from './overview.ts';
import { search } from './search.ts';
import { sweeps } from './sweeps.ts';
import { tradeoffView } from './tradeoff.ts';
import { training } from './training.ts';
import { trial } from './trial.ts';
import { trials } from './trials.ts';
import { workers } from './workers.ts';
import type { View } from './view.ts';

/** Every view, in the order that `tab` goes through those that have a key. */
export const views: readonly View[] = [
  overview,
  trials,
  tradeoffView,
  workers,
  events,
  sweeps,
  configurations,
  axes,
  search,
  trial,
  training,
];

export function viewNamed(name: string): View {
  return views.find((view) => view.name === name) ?? overview;
}

/** The next of the views that have a key. */
export function viewAfter(name: string): View {
  const reached = views.filter(({ key }) => key !== undefined);
  return reached[(reached.findIndex((view) => view.name === name) + 1) % reached.length] ?? overview;
}
