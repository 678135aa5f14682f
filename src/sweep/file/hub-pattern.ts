/** The form of the name of a model or a data set of the hub. */
export const hubPattern = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/;
