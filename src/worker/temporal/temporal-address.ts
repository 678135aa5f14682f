/** Where Temporal is and how to be let in: TEMPORAL_ADDRESS, _NAMESPACE, _API_KEY, _TLS ("true" or absent). */
export interface TemporalAddress {
  readonly address: string;
  readonly namespace: string;
  readonly apiKey?: string;
  readonly tls: boolean;
}

export function temporalAddressOf(environment: NodeJS.ProcessEnv): TemporalAddress {
  const apiKey = environment['TEMPORAL_API_KEY'];
  const tls = environment['TEMPORAL_TLS'];
  return {
    address: environment['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233',
    namespace: environment['TEMPORAL_NAMESPACE'] ?? 'default',
    ...(apiKey === undefined ? {} : { apiKey }),
    tls: tls === undefined ? apiKey !== undefined : tls === 'true',
  };
}
