import type { UserImportRow } from "../../../server/hospital/users/import/user-imports.ts";
import { formatNumber } from "../../format.ts";
import type { Page } from "../../page.ts";
import { Chip } from "../../ui/chip.tsx";
import type { Column } from "../../ui/data-table.tsx";

const rowLooks = {
  ready: ["info", "circle"],
  existing: ["neutral", "user-check"],
  faulty: ["danger", "circle-alert"],
  created: ["success", "circle-check"],
  failed: ["danger", "circle-x"],
} as const;

/** The lines of a list, and what became of each. */
export function rowColumns(page: Page): readonly Column<UserImportRow>[] {
  const { imports: t } = page.t.people;
  return [
    { key: "line", header: t.line, figures: true, text: (row) => formatNumber(page, row.line) },
    { key: "name", header: t.fields.name, card: "title", text: (row) => row.name },
    { key: "email", header: t.fields.email, text: (row) => row.email },
    { key: "role", header: t.fields.role, text: (row) => row.role },
    { key: "departments", header: t.fields.departments, minor: true, text: (row) => row.departments },
    { key: "fault", header: t.fault, text: (row) => faultOf(page, row) },
    {
      key: "state",
      header: t.state,
      card: "status",
      cell: (row) => {
        const [tone, icon] = rowLooks[row.status];
        return <Chip tone={tone} icon={icon} label={t.rowStates[row.status]} />;
      },
    },
  ];
}

/** The field, and what is wrong with it: in English the rule's own sentence, else the catalogue's. */
function faultOf(page: Page, row: UserImportRow): string {
  if (row.code === null) return "";
  const { imports: t } = page.t.people;
  const fields: Readonly<Record<string, string>> = t.fields;
  const known: Readonly<Record<string, string>> = { ...page.t.validation, ...page.t.errors };
  const words =
    page.lang === "en" && row.message ? row.message : (known[row.code] ?? page.t.validation.invalid);
  return row.field === null ? words : `${fields[row.field] ?? row.field}: ${words}`;
}
