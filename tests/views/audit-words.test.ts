import { expect, test } from "bun:test";
import { actorWords } from "../../views/audit/audit-words.ts";
import { catalogue } from "../../views/messages/catalogue.ts";

const who = (
  actorKind: string,
  actorName: string,
  event = "patient.viewed",
  language: "en" | "ur" = "en",
) => {
  const { name, kind } = actorWords(catalogue[language], { actorKind, actorName, event });
  return kind === "" ? name : `${name} · ${kind}`;
};

test("who acted is told in words, and for whom where nobody of the house sat there", () => {
  expect(who("user", "Amina Admin")).toBe("Amina Admin");
  expect(who("key", "Laboratory machine")).toBe("Laboratory machine · A program");
  expect(who("support", "Olga Owner")).toBe("Olga Owner · Support");
  expect(who("system", "sign-in")).toBe("Signing in · The system");
  expect(who("system", "support: Olga Owner")).toBe("Olga Owner · Support");
  expect(who("system", "owner: Olga: the Owner")).toBe("Olga: the Owner · Owner portal");
  expect(who("system", "command: owner")).toBe("Owner portal · The system");
  expect(who("system", "job:tenants.erase-due")).toBe("Background work · tenants.erase-due");
  expect(who("system", "Dina Perera", "operator.invitation-accepted")).toBe("Dina Perera");
});

test("a name that has no words stands as it is, and those that have them are the reader's", () => {
  expect(who("system", "migration 0042")).toBe("migration 0042 · The system");
  expect(who("system", "")).toBe(" · The system");
  expect(who("system", "provisioning", "tenant.created", "ur")).toBe("تیاری · نظام");
});
