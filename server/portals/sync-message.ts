import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { AppError } from "../errors.ts";
import { bodyText } from "../http/node.ts";

/** What messages of hospitals' own servers are made of. */
export const text = (most: number) => Type.String({ minLength: 1, maxLength: most });
export const uuidText = Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
export const count = Type.Integer({ minimum: 0 });
export const textOrNull = Type.Union([Type.String(), Type.Null()]);
/** Where a copy is to stand: a tick of the hospital's own server. */
export const baseForm = Type.Object({ incarnation: uuidText, tick: count, mark: uuidText, at: text(60) });

/** Bodies are read as they were signed; the routes stand in no documentation. */
export const raw = { parse: "none", detail: { hide: true } } as const;

/** @throws AppError invalid (422) where the message is not in this form. */
export function read<T extends TSchema>(form: T, value: unknown): Static<T> {
  if (Value.Check(form, value)) return value;
  throw new AppError("invalid", "input.invalid", "This message is not in the known form.");
}

/** Reads a body as JSON in this form. @throws AppError malformed (400), invalid (422). */
export function parsed<T extends TSchema>(form: T, request: Request, bytes: Uint8Array): Static<T> {
  let value: unknown;
  try {
    value = JSON.parse(bodyText(request, bytes));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("malformed", "body.unreadable", "The body could not be read as JSON.", { cause });
  }
  return read(form, value);
}
