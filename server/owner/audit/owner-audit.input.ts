import { t } from "elysia";
import { searchText } from "../../input.ts";

const id = (description: string) => t.Optional(t.String({ format: "uuid", description }));
const day = t.Optional(t.String({ format: "date" }));

/** Which rows of the owner plane's audit. */
export const ownerAuditFilter = {
  hospital: id("A hospital's id."),
  person: id("The id of who acted."),
  event: t.Optional(t.String({ maxLength: 100, pattern: "^[a-z-]+\\.[a-z-]+$" })),
  from: day,
  to: day,
  search: t.Optional(searchText(200, "Words of a reason, or what a change names.")),
};

export const ownerAuditRow = t.Object({
  id: t.String(),
  at: t.String({ format: "date-time" }),
  actorKind: t.String(),
  actorId: t.Nullable(t.String()),
  actorName: t.String(),
  event: t.String(),
  tenantId: t.Nullable(t.String()),
  entity: t.String(),
  entityId: t.Nullable(t.String()),
  reason: t.Nullable(t.String()),
  requestId: t.Nullable(t.String()),
  address: t.Nullable(t.String()),
  details: t.Nullable(t.Record(t.String(), t.Unknown())),
  read: t.Boolean(),
});
