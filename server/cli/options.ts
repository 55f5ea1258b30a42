import type { Static, TSchema } from "elysia";
import { AppError } from "../errors.ts";
import { parseForm } from "../input.ts";
import { choice, UsageError } from "./arguments.ts";
import type { CommandIo } from "./command.ts";

const refused = (fields: AppError["fields"]) =>
  new AppError("invalid", "input.invalid", "Some options need correcting.", { fields });

/**
 * Options read by the model that the page reads its form by: what was not given stays out, what was given empty is
 * refused.
 * @throws AppError invalid (422) naming the fields.
 */
export function checked<S extends TSchema>(schema: S, given: Readonly<Record<string, unknown>>): Static<S> {
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  const blank = named.filter(([, value]) => typeof value === "string" && value.trim() === "");
  if (blank.length > 0)
    throw refused(blank.map(([field]) => ({ field, code: "required", message: "Enter this." })));
  const parsed = parseForm(schema, Object.fromEntries(named));
  if (!parsed.ok) throw refused(parsed.errors);
  return parsed.value;
}

/** The same for options of a change. @throws UsageError where none was given; AppError invalid (422). */
export function changesOf<S extends TSchema>(schema: S, given: Readonly<Record<string, unknown>>): Static<S> {
  if (Object.values(given).every((value) => value === undefined))
    throw new UsageError("Nothing to change is named.");
  return checked(schema, given);
}

/** An option that clears what it names where it is given empty. */
export const emptied = (value: string | undefined): string | null | undefined =>
  value?.trim() === "" ? null : value;

/** An option that is answered by yes or no. @throws UsageError naming it. */
export function yesOrNo(name: string, value: string | undefined): boolean | undefined {
  const chosen = choice(name, value, ["yes", "no"]);
  return chosen === undefined ? undefined : chosen === "yes";
}

/** The words of an option that takes several, parted by commas. */
export const wordsOf = (value: string): readonly string[] =>
  value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");

/** A password from standard input: the line as it stands, without its end. */
export const passwordFrom = async (io: CommandIo): Promise<string> =>
  (await io.input()).replace(/\r?\n$/, "");
