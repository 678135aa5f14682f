import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const numbers = z.array(z.number());

/** Written by fixtures/make-statistics.py, whose first lines say how. */
export const statistics = z
  .object({
    welch: z.array(z.object({ a: numbers, b: numbers, p: z.number() })),
    one_agrees: z.object({ a: numbers, b: numbers, p: z.number() }),
    correlations: z.array(z.object({ x: numbers, y: numbers, rho: z.number(), lower: z.number(), upper: z.number() })),
    clustered: z.object({
      x: numbers,
      y: numbers,
      clusters: z.array(z.string()),
      lower: z.number(),
      upper: z.number(),
      width_without_clusters: z.number(),
    }),
    crossed: z.object({ values: z.array(numbers), estimate: z.number(), standard_error: z.number() }),
    optimism: z.array(z.object({ values: z.array(z.array(numbers)), optimism: z.number(), deviation: z.number() })),
    greatest_of_20: z.number(),
  })
  .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/statistics.json'), 'utf8')));
