/** The version of what tasks make of rows: inputs that another version kept are made again. */
export const inputsVersion = 7;
