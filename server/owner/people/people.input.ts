import { t } from "elysia";
import { line, oneOf, searchText, uuid } from "../../input.ts";

export const settable = ["active", "suspended", "deactivated"] as const;
export const peopleQuery = t.Object({
  search: t.Optional(searchText(120, "Part of the name or the e-mail address.")),
  tenantId: t.Optional(uuid()),
});

export const personOfHospital = t.Object(
  {
    id: t.String({ format: "uuid" }),
    tenantId: t.String({ format: "uuid" }),
    hospital: t.String(),
    name: t.String(),
    email: t.String(),
    status: t.String(),
    roleName: t.String(),
    lastSignInAt: t.Nullable(t.String({ format: "date-time" })),
  },
  { title: "PersonOfHospital" },
);

export const peopleAnswer = t.Object({
  items: t.Array(personOfHospital),
  more: t.Boolean({ description: "There are more than are answered: narrow the search." }),
  unreached: t.Array(t.Object({ tenantId: t.String(), hospital: t.String() })),
});

export const roleInput = t.Object({ role: line(60, { description: "Key of a role at that hospital." }) });
export const statusInput = t.Object({ status: oneOf(settable) });
export const ofPerson = t.Object({ id: uuid(), userId: uuid() });
