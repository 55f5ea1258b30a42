import { t } from "elysia";
import { oneOf } from "../input.ts";

export const outboxQuery = t.Object({ status: t.Optional(oneOf(["waiting", "sent", "failed"])) });
export const ofMail = t.Object({ id: t.String({ format: "uuid" }) });

const instant = t.String({ format: "date-time" });

export const outboxRow = t.Object(
  {
    id: t.String({ format: "uuid" }),
    template: t.Nullable(t.String({ description: "Which mail it is, such as `invite`." })),
    to: t.Nullable(t.String({ description: "Known while the mail is still here." })),
    status: t.String({ description: "`waiting`, `sent` or `failed`." }),
    attempts: t.Integer(),
    nextTryAt: t.Nullable(instant),
    lastError: t.Nullable(t.String()),
    createdAt: instant,
    sentAt: t.Nullable(instant),
  },
  { title: "Mail" },
);
