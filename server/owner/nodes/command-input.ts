import { type TObject, Type } from "@sinclair/typebox";
import { AppError, type FieldError, invalidField } from "../../errors.ts";
import { email, line, parseJson, uuid } from "../../input.ts";
import type { NodeCommandKind } from "./commands.ts";

const person = { name: line(120, { min: 2 }), email: email(), role: line(60) };
const user = { userId: uuid() };
const nothing = Type.Object({});

/** What each command must say. */
const forms: Readonly<Record<NodeCommandKind, TObject>> = {
  "create-user": Type.Object({
    ...person,
    password: Type.Optional(Type.String({ minLength: 10, maxLength: 200 })),
  }),
  "invite-user": Type.Object(person),
  "reset-password": Type.Object(user),
  "suspend-user": Type.Object(user),
  "set-user-status": Type.Object({ ...user, status: line(30) }),
  "set-user-role": Type.Object({ ...user, role: line(60) }),
  "push-now": nothing,
  "verify-now": nothing,
  reseed: nothing,
};

/**
 * Reads what was sent with a command; what the command does not know is dropped.
 * @throws AppError invalid (422) naming the fields as `input.email`.
 */
export function readCommandInput(
  kind: NodeCommandKind,
  input: unknown = {},
): Readonly<Record<string, unknown>> {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    throw invalidField("input", "invalid", "This is not valid.");
  const read = parseJson(forms[kind], input);
  if (read.ok) return read.value;
  throw refused(read.errors.map((error) => ({ ...error, field: `input.${error.field}` })));
}

const refused = (fields: readonly FieldError[]) =>
  new AppError("invalid", "input.invalid", "Some fields need correcting.", { fields });
