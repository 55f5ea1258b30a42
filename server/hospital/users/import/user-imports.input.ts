import { t } from "elysia";
import { scopes } from "../../../../db/schema/hospital/roles.ts";
import { userImportRowStatuses, userImportStatuses } from "../../../../db/schema/hospital/user-imports.ts";
import { invalidField } from "../../../errors.ts";
import { oneOf, uuid } from "../../../input.ts";

export const ofUserImport = t.Object({ id: uuid() });

/** The file of a form's field `file`. @throws AppError invalid (422) naming it. */
export async function fileOf(
  body: unknown,
): Promise<{ readonly fileName: string; readonly bytes: Uint8Array }> {
  const given: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "file") : undefined;
  const one: unknown = Array.isArray(given) ? given[0] : given;
  if (!(one instanceof File) || (one.size === 0 && one.name === ""))
    throw invalidField("file", "not-a-file", "Choose a file.");
  return { fileName: one.name, bytes: new Uint8Array(await one.arrayBuffer()) };
}

/**
 * Reads the body of an upload where it is a form. Any other body is left unread, so that a stranger hears first
 * that they are one.
 */
export async function parseUserFile(
  { request }: { request: Request },
  contentType: string,
): Promise<unknown> {
  if (!contentType.startsWith("multipart/form-data")) return {};
  return Object.fromEntries(await request.formData());
}

const maybeText = t.Nullable(t.String());
const maybeInstant = t.Nullable(t.String({ format: "date-time" }));

export const userImportAnswer = t.Object(
  {
    id: t.String({ format: "uuid" }),
    status: oneOf(userImportStatuses),
    fileName: t.String(),
    rowsTotal: t.Integer(),
    rowsDone: t.Integer(),
    ready: t.Integer(),
    existing: t.Integer(),
    faulty: t.Integer(),
    created: t.Integer(),
    failed: t.Integer(),
    startedByName: t.String(),
    startedAt: maybeInstant,
    finishedAt: maybeInstant,
    createdAt: t.String({ format: "date-time" }),
  },
  { title: "UserImport" },
);

export const userImportRowAnswer = t.Object(
  {
    line: t.Integer(),
    name: t.String(),
    email: t.String(),
    phone: maybeText,
    role: t.String(),
    departments: t.String(),
    scope: oneOf(scopes),
    status: oneOf(userImportRowStatuses),
    field: maybeText,
    code: maybeText,
    message: maybeText,
    userId: t.Nullable(t.String({ format: "uuid" })),
  },
  { title: "UserImportRow" },
);
