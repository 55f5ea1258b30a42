import { type ParseArgsConfig, parseArgs } from "node:util";

/** The command was not given what it needs; how it is used is told, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** The options of a command; every command also takes `--json`. @throws UsageError naming what is wrong. */
export function readArguments<const T extends Options>(args: readonly string[], options: T) {
  try {
    const all = { ...options, json: { type: "boolean", default: false } } as const;
    return parseArgs({ args: [...args], options: all, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** An option that has to be there. @throws UsageError naming it. */
export function needed(name: string, value: string | undefined): string {
  if (value === undefined || value === "") throw new UsageError(`--${name} is missing.`);
  return value;
}

/** An option of a closed list. @throws UsageError naming it. */
export function choice<T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`--${name} is one of ${allowed.join(", ")}.`);
  return found;
}
