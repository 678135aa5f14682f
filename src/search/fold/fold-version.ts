/**
 * Of what a fold remembers and how it decides: memories of another version are not taken up. It rises with every change
 * to the sources of the fold; test/search/fold-version.test.ts holds it to them.
 */
export const foldVersion = 18;
