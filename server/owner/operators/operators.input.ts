import { t } from "elysia";
import { operatorRoles, operatorStatuses } from "../../../db/schema/control/operators.ts";
import { email, line, oneOf, uuid } from "../../input.ts";

const maybeInstant = t.Nullable(t.String({ format: "date-time" }));

export const operatorAnswer = t.Object(
  {
    id: t.String({ format: "uuid" }),
    email: t.String(),
    name: t.String(),
    role: oneOf(operatorRoles),
    status: oneOf(operatorStatuses),
    tenantIds: t.Array(t.String({ format: "uuid" }), {
      description: "The hospitals that a group admin sees; for other roles it counts for nothing.",
    }),
    mustChangePassword: t.Boolean(),
    lastSignInAt: maybeInstant,
    createdAt: t.String({ format: "date-time" }),
    updatedAt: t.String({ format: "date-time" }),
    version: t.Integer(),
    invitedUntil: maybeInstant,
  },
  { title: "Operator" },
);

/** Without `password` the person is invited by mail. */
export const newOperatorInput = t.Object({
  name: line(120, { min: 2 }),
  email: email(),
  role: oneOf(operatorRoles),
  password: t.Optional(
    line(200, { min: 10, description: "Left out, the person is invited by mail and chooses one." }),
  ),
});

export const operatorChangesInput = t.Object({
  name: t.Optional(line(120, { min: 2 })),
  email: t.Optional(email()),
  role: t.Optional(oneOf(operatorRoles)),
});

export const assignInput = t.Object({ tenantIds: t.Array(uuid(), { maxItems: 1_000 }) });

/** What somebody invited sends to come in. */
export const acceptInput = t.Object({
  token: t.String({ minLength: 20, maxLength: 100 }),
  name: line(120, { min: 2 }),
  password: t.String({ minLength: 10, maxLength: 200, refusal: "too-weak" }),
});
