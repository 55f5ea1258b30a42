import { t } from "elysia";
import { auditRowHead, auditRowTail } from "../../audit/audit.input.ts";
import { searchText } from "../../input.ts";

const id = (description: string) => t.Optional(t.String({ format: "uuid", description }));
const day = t.Optional(t.String({ format: "date" }));

/** Which rows of the owner plane's audit. */
export const ownerAuditFilter = {
  hospital: id("A hospital's id."),
  person: t.Optional(searchText(100, "Part of the name or address of an operator, or the id of who acted.")),
  event: t.Optional(t.String({ maxLength: 100, pattern: "^[a-z-]+\\.[a-z-]+$" })),
  from: day,
  to: day,
  search: t.Optional(searchText(200, "Words of a reason, or what a change names.")),
};

export const ownerAuditRow = t.Object({
  ...auditRowHead,
  tenantId: t.Nullable(t.String()),
  ...auditRowTail,
  read: t.Boolean(),
});
