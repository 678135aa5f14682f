/**
 * onnxruntime's published builds send what they run, and on which machine, to their maker, and keep an identifier in the
 * user's home folder. They decide when the library is first loaded: this is imported before. Whoever wants it sets
 * `ORT_DISABLE_TELEMETRY=0`.
 */
process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
