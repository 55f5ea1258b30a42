import { expect, test } from "bun:test";
import { seedDepartments, seedRoles } from "../../server/auth/seed-roles.ts";
import { catalogue, languages } from "../../views/messages/catalogue.ts";
import {
  byLabel,
  departmentLabel,
  recordedRoleLabel,
  roleDescription,
  roleLabel,
  shownAs,
} from "../../views/standard-names.ts";

const inUrdu = { t: catalogue.ur, lang: "ur" } as const;
const inEnglish = { t: catalogue.en, lang: "en" } as const;
const keyed = (rows: readonly { readonly key: string; readonly name: string }[]) =>
  Object.fromEntries(rows.map(({ key, name }) => [key, name]));

test("English says the standard roles and departments as a new hospital is given them, and no others", () => {
  const { roles, roleDescriptions, departments } = catalogue.en.standard;
  expect<Record<string, string>>(roles).toEqual(keyed(seedRoles));
  expect<Record<string, string>>(departments).toEqual(keyed(seedDepartments));
  expect<Record<string, string>>(roleDescriptions).toEqual(
    keyed(seedRoles.map(({ key, description }) => ({ key, name: description }))),
  );
});

test("every standard role and department has words of its own in every language", () => {
  const script = { en: /[A-Za-z]/, ur: /\p{Script=Arabic}/u, hi: /\p{Script=Devanagari}/u } as const;
  const faults: string[] = [];
  for (const { code } of languages) {
    const page = { t: catalogue[code] };
    const said = [
      ...seedRoles.map((role) => [`role ${role.key}`, roleLabel(page, role)] as const),
      ...seedRoles.map((role) => [`description ${role.key}`, roleDescription(page, role)] as const),
      ...seedDepartments.map((one) => [`department ${one.key}`, departmentLabel(page, one)] as const),
    ];
    for (const [what, words] of said)
      if (words === undefined || !script[code].test(words) || (code !== "en" && /[A-Za-z]/.test(words)))
        faults.push(`${code} ${what}: ${words}`);
    // Two of the same name could not be told apart in a list of choices.
    for (const rows of [said.slice(0, seedRoles.length), said.slice(-seedDepartments.length)])
      if (new Set(rows.map(([, words]) => words)).size !== rows.length) faults.push(`${code}: said twice`);
  }
  expect(faults).toEqual([]);
});

test("a name that the hospital gave stands as it is, whatever it is", () => {
  expect(roleLabel(inUrdu, { key: "doctor", name: "Doctor" })).toBe("ڈاکٹر");
  for (const [key, name] of [
    ["doctor", "Consultant"],
    ["doctor", "doctor"],
    ["nurse", "Doctor"],
    ["role-0198", "Doctor"],
    ["role-0198", "doctor's aide"],
    ["constructor", "Doctor"],
  ] as const)
    expect([key, roleLabel(inUrdu, { key, name })]).toEqual([key, name]);
  expect(departmentLabel(inUrdu, { key: "pharmacy", name: "Dispensary" })).toBe("Dispensary");
  expect(departmentLabel(inUrdu, { key: "department-0198", name: "Pharmacy" })).toBe("Pharmacy");
  expect(roleDescription(inUrdu, { key: "nurse", description: "Ward 4" })).toBe("Ward 4");
  expect(roleDescription(inUrdu, { key: "nurse", description: null })).toBe("");
});

test("a role that was written down is said by the standard name it then bore", () => {
  expect(recordedRoleLabel(inUrdu, "Laboratory technician")).toBe("لیبارٹری ٹیکنیشن");
  expect(recordedRoleLabel(inUrdu, "doctor's aide")).toBe("doctor's aide");
});

test("a field's hint tells what pages say where that is not what is stored", () => {
  expect(shownAs(inUrdu, "Nurse", "نرس").hint).toContain("نرس");
  expect(shownAs(inUrdu, "Charge nurse", "Charge nurse")).toEqual({});
  expect(shownAs(inEnglish, "Nurse", "Nurse")).toEqual({});
  expect(shownAs(inUrdu, null, "")).toEqual({});
});

test("lists of names stand in the order of the words that are read", () => {
  const rows = [
    { key: "doctor", name: "Doctor" },
    { key: "admin", name: "Administrator" },
    { key: "role-1", name: "Ward clerk" },
    { key: "pharmacist", name: "Pharmacist" },
  ];
  const ordered = (page: typeof inUrdu | typeof inEnglish) =>
    byLabel(page, rows, roleLabel).map(({ key }) => key);
  expect(ordered(inEnglish)).toEqual(["admin", "doctor", "pharmacist", "role-1"]);
  expect(ordered(inUrdu)).toEqual(["doctor", "pharmacist", "admin", "role-1"]);
});
