/** No activity has a schedule-to-start timeout: a turn waits for a free slot as long as it takes. */
export const activityTimeouts = {
  short: {
    startToCloseTimeout: 30_000,
    retry: { initialInterval: 500, backoffCoefficient: 2, maximumInterval: 5_000 },
  },
  serve: { retry: { initialInterval: 300, backoffCoefficient: 1.5, maximumInterval: 5_000 } },
  probe: { startToCloseTimeout: 3_600_000, retry: { initialInterval: 2_000, maximumAttempts: 3 } },
} as const;

/** The worker throttles heartbeats to one in 5 s at most. */
export const heartbeatTimeoutMs = 30_000;
/** Added to the longest segment for claiming, checkpointing and committing. */
export const segmentMarginMs = 120_000;
