import { type Static, t } from "elysia";
import { line } from "../../input.ts";

export const createDepartmentInput = t.Object({ name: line(80), description: t.Optional(line(300)) });
export type CreateDepartmentInput = Static<typeof createDepartmentInput>;

/** What is to change; null clears, what is left out stays. */
export const changeDepartmentInput = t.Object({
  name: t.Optional(line(80)),
  description: t.Optional(t.Nullable(line(300))),
  active: t.Optional(t.Boolean({ description: "Whether people can be put into it." })),
});
export type ChangeDepartmentInput = Static<typeof changeDepartmentInput>;

export const departmentRow = t.Object(
  {
    id: t.String({ format: "uuid" }),
    key: t.String(),
    name: t.String(),
    description: t.Nullable(t.String()),
    active: t.Boolean(),
    users: t.Integer({ description: "People who belong to it." }),
    updatedAt: t.String({ format: "date-time" }),
    version: t.Integer(),
  },
  { title: "Department" },
);
