/** Keeps onnxruntime from sending anything, unless the environment says `ORT_DISABLE_TELEMETRY=0`. */
export function withoutTelemetry(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ORT_DISABLE_TELEMETRY: '1', ...environment };
}

/*
 * onnxruntime's published builds send what they run, and on which machine, to their maker, and keep an identifier in the
 * user's home folder. They decide when the library is first loaded: this is imported before.
 */
Object.assign(process.env, withoutTelemetry(process.env));
