/** How fast a slot trains and scores with one base, as it was timed; seconds for each token that passes through it. */
export interface Speed {
  readonly trained: SecondsPerToken;
  readonly scored: SecondsPerToken;
}

export interface SecondsPerToken {
  readonly low: number;
  readonly high: number;
}
