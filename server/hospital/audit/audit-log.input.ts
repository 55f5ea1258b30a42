import { t } from "elysia";
import { auditRowHead, auditRowTail } from "../../audit/audit.input.ts";
import { searchText } from "../../input.ts";

const day = (description: string) =>
  t.Optional(
    t.String({ format: "date", description: `${description}, as YYYY-MM-DD in the hospital's zone.` }),
  );

/** Which rows of the hospital's audit. */
export const auditFilter = {
  person: t.Optional(searchText(100, "Part of the name of who acted, or their id.")),
  patient: t.Optional(searchText(100, "A patient's record number or id.")),
  event: t.Optional(
    t.String({ maxLength: 100, pattern: "^[a-z-]+\\.[a-z-]+$", description: "Such as patient.viewed." }),
  ),
  kind: t.Optional(t.Union([t.Literal("look"), t.Literal("change")], { description: "Looks, or changes." })),
  from: day("The first day"),
  to: day("The last day"),
  search: t.Optional(searchText(200, "Words of a reason, or what a change names.")),
};

export const auditRow = t.Object({
  ...auditRowHead,
  patientId: t.Nullable(t.String()),
  ...auditRowTail,
  read: t.Boolean({ description: "Somebody looked; nothing was changed." }),
});
