import { t } from "elysia";

/** A row of an audit as the API tells it: when, and who did what. */
export const auditRowHead = {
  id: t.String(),
  at: t.String({ format: "date-time" }),
  actorKind: t.String(),
  actorId: t.Nullable(t.String()),
  actorName: t.String(),
  event: t.String(),
};

/** On what, why and from where. */
export const auditRowTail = {
  entity: t.String(),
  entityId: t.Nullable(t.String()),
  reason: t.Nullable(t.String()),
  requestId: t.Nullable(t.String()),
  address: t.Nullable(t.String()),
  details: t.Nullable(t.Record(t.String(), t.Unknown())),
};
