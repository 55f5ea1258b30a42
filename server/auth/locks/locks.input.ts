import { type Static, t } from "elysia";
import { email } from "../../input.ts";

/** What to open: an account to tries from anywhere, or the door to an address. */
export const openLockInput = t.Object({
  email: t.Optional(email()),
  address: t.Optional(t.String({ minLength: 2, maxLength: 64, pattern: "^[0-9A-Fa-f.:]+$|^unknown$" })),
});
export type OpenLockInput = Static<typeof openLockInput>;

export const lockRow = t.Object(
  {
    kind: t.String({
      description:
        "`account`: tries from everywhere; `pair`: from one address; `device`: a known browser; `address`: all accounts.",
    }),
    email: t.Nullable(t.String()),
    address: t.Nullable(t.String()),
    failures: t.Integer(),
    lastAt: t.String({ format: "date-time" }),
    until: t.String({ format: "date-time" }),
  },
  { title: "Sign-in lock" },
);

export const openedAnswer = t.Object({ opened: t.Boolean({ description: "Whether anything was refused." }) });
