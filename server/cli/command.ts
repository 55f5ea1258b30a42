import type { Env } from "../env.ts";
import type { Log } from "../log.ts";
import type { Services } from "../tenancy/services.ts";

/** Where a command writes (results to `out`, progress and complaints to `err`), and what it is fed. */
export interface CommandIo {
  out(text: string): void;
  err(text: string): void;
  /** All of the standard input. */
  input(): Promise<string>;
  /** Whether `err` is a terminal, on which a line can be written over. */
  readonly terminal: boolean;
}

/** One command of `bin/wardline`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` tells. */
  readonly usage: string;
  /** @returns the exit code: 0 where all is well, 1 where something is not. */
  run(services: Services, args: readonly string[], io: CommandIo): Promise<number>;
  /** In place of `run`, for a command that stands on no control database. */
  apart?(env: Env, log: Log, args: readonly string[], io: CommandIo): Promise<number>;
  /** In place of `run` on a hospital's own server (WARDLINE_MODE=hospital), which has no control database. */
  onSite?(env: Env, log: Log, args: readonly string[], io: CommandIo): Promise<number>;
}

/** Rows as a table of columns that line up. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, Bun.stringWidth(cell));
  const pad = (cell: string, index: number) =>
    cell + " ".repeat((widths[index] ?? 0) - Bun.stringWidth(cell));
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}

/** Rows under a header; where there are none, the words for that. */
export const listed = (header: readonly string[], rows: readonly (readonly string[])[], none: string) =>
  rows.length === 0 ? none : table([header, ...rows]);

/** The rows of a result as JSON, with dates as they are in the API. */
export function asJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
