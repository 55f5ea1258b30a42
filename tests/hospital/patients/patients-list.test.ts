import { expect, test } from "bun:test";
import { testApp } from "../../support/app.ts";
import { type PatientAnswer, patientsPath, register } from "./support.ts";

const { newHospital } = await testApp();
const hospital = await newHospital();
const admin = await hospital.as("admin");

interface Listed {
  readonly items: readonly {
    readonly id: string;
    readonly mrn: string;
    readonly firstName: string;
    readonly lastName: string;
    readonly bornOn: string;
  }[];
  readonly nextCursor: string | null;
  readonly total?: number;
}

const names = [
  ["Fatima", "Sheikh", "1990-01-02", "+92 300 1234567"],
  ["Muhammad", "Qureshi", "1985-06-07", "0321-7654321"],
  ["Zainab", "Khan", "2001-12-31", undefined],
  ["John", "Johnson", "1970-03-04", undefined],
  ["Séan", "O'Brien", "1999-09-09", undefined],
  ["Noor", "Al-Hassan", "2020-02-02", undefined],
  ["فاطمہ", "خان", "1995-05-05", undefined],
] as const;
const rows: PatientAnswer[] = [];
for (const [firstName, lastName, bornOn, phone] of names)
  rows.push(await register(admin, { firstName, lastName, bornOn, phone, sex: "other" }));

async function list(query: Record<string, string>): Promise<Listed> {
  const response = await admin.get(`${patientsPath}?${new URLSearchParams(query)}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Listed;
}

const found = async (search: string) => (await list({ search })).items.map(({ firstName }) => firstName);

test("names are found whole, by their start, without accents and apostrophes, and in any order", async () => {
  expect(await found("fatima")).toEqual(["Fatima"]);
  expect(await found("khan zai")).toEqual(["Zainab"]);
  expect(await found("sean obrien")).toEqual(["Séan"]);
  expect(await found("o'brien")).toEqual(["Séan"]);
  expect(await found("al hassan")).toEqual(["Noor"]);
  expect(await found("فاطمه")).toEqual(["فاطمہ"]);
});

test("misspelt names are found", async () => {
  expect((await found("Fatma Shaikh"))[0]).toBe("Fatima");
  expect((await found("mohamad qureshy"))[0]).toBe("Muhammad");
  expect((await found("zaynab"))[0]).toBe("Zainab");
  expect((await found("jonson"))[0]).toBe("John");
  expect((await found("johnosn"))[0]).toBe("John");
});

test("record numbers and phones are found however they are written", async () => {
  const [first, second] = rows;
  expect(await found(first?.mrn ?? "")).toEqual(["Fatima"]);
  expect(await found((second?.mrn ?? "").toLowerCase())).toEqual(["Muhammad"]);
  expect(await found("03001234567")).toEqual(["Fatima"]);
  expect(await found("300-1234567")).toEqual(["Fatima"]);
  expect(await found("٠٣٢١ ٧٦٥٤٣٢١")).toEqual(["Muhammad"]);
});

test("what can match nobody finds nobody, and breaks nothing", async () => {
  for (const search of ["%", "_", "\\", "'", "; drop table patients", "qqqqqq", "999999999999"])
    expect([search, await found(search)]).toEqual([search, []]);
  expect((await admin.get(`${patientsPath}?search=%00`)).status).toBeLessThan(500);
  const response = await admin.get(`${patientsPath}?search=${"x".repeat(500)}`);
  expect(response.status).toBe(422);
});

test("every sort, page by page, shows each patient once and in order", async () => {
  for (const sort of ["newest", "name", "mrn", "born"])
    for (const order of ["asc", "desc"]) {
      const seen: Listed["items"][number][] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const page: Listed = await list({ sort, order, limit: "3", ...(cursor === "" ? {} : { cursor }) });
        seen.push(...page.items);
        cursor = page.nextCursor;
      }
      expect(new Set(seen.map(({ id }) => id)).size).toBe(names.length);
      expect(seen.length).toBe(names.length);
      if (sort === "born") {
        const born = seen.map(({ bornOn }) => bornOn);
        expect(born).toEqual(order === "asc" ? born.toSorted() : born.toSorted().reverse());
      }
    }
});

test("filters narrow, the total is told where it is asked for, and the Link header names the next page", async () => {
  await register(admin, { sex: "male", lastName: "Filtered" });
  expect((await list({ sex: "male", total: "true" })).total).toBe(1);
  expect((await list({ status: "deceased" })).items).toEqual([]);
  const response = await admin.get(`${patientsPath}?limit=2&total=true`);
  expect(((await response.json()) as Listed).total).toBe(names.length + 1);
  expect(response.headers.get("link")).toMatch(/limit=2.*cursor=[^>]+>; rel="next"/);
});

test("a cursor that is not of this list, and queries out of bounds, are refused", async () => {
  for (const query of [
    "cursor=x",
    "cursor=WyJuZXdlc3QiLCJ4IiwieSJd",
    "limit=0",
    "limit=101",
    "limit=a",
    "sort=x",
  ])
    expect([query, (await admin.get(`${patientsPath}?${query}`)).status]).toEqual([query, 422]);
});
