import { t } from "elysia";
import { operatorRoles } from "../../../db/schema/control/operators.ts";
import { oneOf } from "../../input.ts";

export const signInRulesInput = t.Object({
  secondFactor: t.Array(oneOf(operatorRoles), {
    maxItems: operatorRoles.length,
    uniqueItems: true,
    description: "The roles whose people need a second factor.",
  }),
});

export const signInRulesAnswer = t.Object({
  items: t.Array(t.Object({ role: oneOf(operatorRoles), requiresSecondFactor: t.Boolean() })),
});
