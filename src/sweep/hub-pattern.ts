/** What a model or a data set of the hub is called. */
export const hubPattern = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/;
