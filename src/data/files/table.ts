/** One record of a table, its cells by column name, and where it stands. */
export interface TableRecord {
  readonly cells: Readonly<Record<string, unknown>>;
  readonly where: string;
}

export interface Table {
  readonly columns: readonly string[];
  readonly records: readonly TableRecord[];
}

export interface TableRequest {
  /** Of text; absent: UTF-8. */
  readonly encoding?: string;
  /** Names of the columns of a file that has no header line. */
  readonly header?: readonly string[];
  /** Whether lines may have more cells than the header, or fewer: those beyond it are passed over, the others undefined. */
  readonly ragged?: boolean;
}

/** Reads a file of some format whole. @throws DATA_INVALID with file:line */
export type TableReader = (path: string, request: TableRequest) => Table | Promise<Table>;

/** A format that any task's rows may come in. */
export interface TableFormat {
  readonly name: string;
  /** Of file names, with the dot. */
  readonly extension: string;
  readonly read: TableReader;
}
