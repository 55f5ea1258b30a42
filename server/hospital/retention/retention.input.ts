import { t } from "elysia";
import { oneOf, wholeNumber } from "../../input.ts";

const classes = [
  "sessions",
  "import-files",
  "support-sessions",
  "clean-ups",
  "audit",
  "deleted-patients",
] as const;

export const retentionParams = t.Object({ recordClass: oneOf(classes) });
export const retentionInput = t.Object({
  keepDays: t.Nullable(wholeNumber({ minimum: 1, maximum: 36_525 })),
});
export const retentionForm = t.Object({ keepDays: t.Optional(t.Integer({ minimum: 1, maximum: 36_525 })) });

export const retentionRow = t.Object(
  {
    recordClass: oneOf(classes),
    keepDays: t.Nullable(t.Integer()),
    leastDays: t.Integer(),
    due: t.Nullable(t.Integer({ description: "Rows that would go now; null: never shortened." })),
    changedByName: t.Nullable(t.String()),
  },
  { title: "RetentionPolicy" },
);
