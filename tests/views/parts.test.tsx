import { describe, expect, test } from "bun:test";
import { iconStyles } from "../../bin/lib/icon-styles.ts";
import { catalogue } from "../../views/messages/catalogue.ts";
import type { Page } from "../../views/page.ts";
import { Bdi, Code, Mrn } from "../../views/ui/bdi.tsx";
import { Chip } from "../../views/ui/chip.tsx";
import { RadioGroup, Select } from "../../views/ui/choices.tsx";
import { ConfirmDialog } from "../../views/ui/confirm.tsx";
import { DataTable } from "../../views/ui/data-table.tsx";
import { DescriptionList } from "../../views/ui/description-list.tsx";
import { EmptyState } from "../../views/ui/empty-state.tsx";
import { ErrorPage, errorPageStatus } from "../../views/ui/error-page.tsx";
import { Form, FormErrors } from "../../views/ui/form.tsx";
import type { FormState } from "../../views/ui/form-state.ts";
import { iconNames } from "../../views/ui/icons.ts";
import { Textarea, TextInput } from "../../views/ui/inputs.tsx";
import { Filters } from "../../views/ui/list.tsx";
import { PageHeader } from "../../views/ui/page-header.tsx";
import { PatientBanner } from "../../views/ui/patient-banner.tsx";
import { Toast } from "../../views/ui/toast.tsx";

const hostile = `"><script>alert(1)</script>'&`;
const page = {
  t: catalogue.en,
  lang: "en",
  csrf: hostile,
  zone: "UTC",
  currency: "PKR",
  now: new Date("2026-03-12T12:00:00Z"),
} satisfies Partial<Page>;
const form: FormState = {
  values: { name: hostile },
  errors: [{ field: "name", code: "invalid", message: hostile }],
};
const shared = { page, form, name: "name", label: hostile, hint: hostile };

interface Seen {
  readonly elements: string[];
  readonly attributes: string[];
  /** Texts and attribute values, unescaped. */
  said: string;
}

/** What a parser makes of the markup. */
function parse(html: string): Seen {
  const seen: Seen = { elements: [], attributes: [], said: "" };
  const plain = (text: string) =>
    text.replace(/&(#34|quot|#x27|#39|lt|gt|amp);/g, (_, name: string) => entities[name] ?? "");
  new HTMLRewriter()
    .on("*", {
      element(element) {
        seen.elements.push(element.tagName);
        for (const [name, value] of element.attributes) {
          seen.attributes.push(name);
          seen.said += `${plain(value)}\n`;
        }
      },
      text(chunk) {
        seen.said += plain(chunk.text);
      },
    })
    .transform(html);
  return seen;
}

const entities: Readonly<Record<string, string>> = {
  "#34": '"',
  quot: '"',
  "#x27": "'",
  "#39": "'",
  lt: "<",
  gt: ">",
  amp: "&",
};

/** Every part that shows what someone entered, given something hostile everywhere. */
const parts: Readonly<Record<string, () => JSX.Element>> = {
  TextInput: () => <TextInput {...shared} placeholder={hostile} />,
  Textarea: () => <Textarea {...shared} />,
  Select: () => <Select {...shared} options={[{ value: hostile, label: hostile }]} />,
  RadioGroup: () => <RadioGroup {...shared} options={[{ value: hostile, label: hostile, hint: hostile }]} />,
  Form: () => (
    <Form page={page} action={hostile}>
      {""}
    </Form>
  ),
  FormErrors: () => <FormErrors page={page} form={form} labels={{ name: hostile }} whole={hostile} />,
  DataTable: () => (
    <DataTable
      page={page}
      caption={hostile}
      columns={[
        {
          key: "a",
          header: hostile,
          text: (row: string) => row,
          sort: { href: hostile, direction: "ascending" },
        },
      ]}
      rows={[hostile]}
      href={(row) => `/${row}`}
      rowId={(row) => row}
    />
  ),
  Filters: () => (
    <Filters
      page={page}
      action={hostile}
      search={{ value: hostile, label: hostile }}
      selects={[
        { name: hostile, label: hostile, value: hostile, options: [{ value: hostile, label: hostile }] },
      ]}
      hidden={{ [hostile.slice(2, 3)]: hostile }}
      active
    />
  ),
  DescriptionList: () => <DescriptionList page={page} items={[{ term: hostile, text: hostile }]} />,
  EmptyState: () => <EmptyState icon="users" title={hostile} hint={hostile} />,
  PageHeader: () => (
    <PageHeader title={hostile} lead={hostile} crumbs={[{ label: hostile, href: hostile }]} />
  ),
  Chip: () => <Chip tone="info" label={hostile} title={hostile} />,
  ConfirmDialog: () => (
    <ConfirmDialog
      id="c"
      page={page}
      title={hostile}
      text={hostile}
      action={hostile}
      confirmLabel={hostile}
      typed={hostile}
    />
  ),
  ErrorPage: () => <ErrorPage page={page} status={404} detail={hostile} reference={hostile} />,
  Toast: () => (
    <Toast page={page} toast={{ tone: "info", text: hostile, undo: { action: hostile, label: hostile } }} />
  ),
  Bdi: () => <Bdi text={hostile} />,
  Code: () => <Code text={hostile} />,
  Mrn: () => <Mrn mrn={hostile} />,
  PatientBanner: () => (
    <PatientBanner
      page={page}
      patient={{
        name: hostile,
        sex: "other",
        bornOn: null,
        bornOnEstimated: false,
        diedOn: null,
        mrn: hostile,
        allergies: { status: "recorded", names: [hostile] },
      }}
      href={hostile}
    />
  ),
};

describe("what somebody typed stays text", () => {
  for (const [name, render] of Object.entries(parts)) {
    test(`in ${name}`, async () => {
      const seen = parse(await render());
      expect(seen.elements).not.toContain("script");
      expect(
        seen.attributes.filter((attribute) => attribute.startsWith("on") || attribute === "style"),
      ).toEqual([]);
      expect(seen.said).toContain(hostile);
    });
  }
});

describe("a refused field", () => {
  test("is tied to its error and its hint, and the summary leads to it", async () => {
    const html = String(
      await (<TextInput page={page} form={form} name="name" label="Name" hint="As on the card" />),
    );
    expect(html).toContain('id="f-name"');
    expect(html).toContain('aria-invalid="true"');
    expect(html).toContain('aria-describedby="f-name-hint f-name-error"');
    expect(html).toContain('id="f-name-error"');
    expect(String(await (<FormErrors page={page} form={form} labels={{ name: "Name" }} />))).toContain(
      'href="#f-name"',
    );
  });

  test("a password is never filled in again", async () => {
    const html = String(
      await (
        <TextInput
          page={page}
          form={{ values: { password: "s3cret" }, errors: [] }}
          name="password"
          label="Password"
          type="password"
        />
      ),
    );
    expect(html).not.toContain("s3cret");
  });
});

describe("the patient banner", () => {
  const patient = {
    name: "Sana Tariq",
    sex: "female",
    bornOn: "1984-03-12",
    bornOnEstimated: false,
    diedOn: null,
    mrn: "100000001K",
  } as const;
  const bannerOf = async (allergies: Parameters<typeof PatientBanner>[0]["patient"]["allergies"]) =>
    String(await (<PatientBanner page={page} patient={{ ...patient, allergies }} />));

  test("tells recorded, none known and not asked apart, in words", async () => {
    expect(await bannerOf({ status: "recorded", names: ["Penicillin", "Latex"] })).toContain("Allergies (2)");
    expect(await bannerOf({ status: "none-known" })).toContain("None known");
    const notAsked = await bannerOf({ status: "not-asked" });
    expect(notAsked).toContain("Not asked");
    expect(notAsked).not.toContain("None known");
  });

  test("shows age with its unit, sex and record number", async () => {
    const html = await bannerOf({ status: "none-known" });
    expect(html).toContain("42 years");
    expect(html).toContain("Female");
    expect(html).toContain('data-mrn="100000001K"');
  });
});

describe("small things", () => {
  test("every icon of the list has a drawing of shapes in the stylesheet", () => {
    const rules = iconStyles().trim().split("\n");
    expect(rules.length).toBe(iconNames.length);
    for (const [n, name] of iconNames.entries())
      expect(decodeURIComponent(rules[n] ?? "")).toMatch(
        new RegExp(`^\\.i-${name}\\{.*<svg [^>]*><(path|circle|ellipse|rect|line|poly)[^"]*</svg>"\\)\\}$`),
      );
  });

  test("a status without a page of its own shows the nearest one", () => {
    expect([400, 410, 412, 422, 502, 503].map(errorPageStatus)).toEqual([404, 404, 409, 404, 500, 503]);
  });
});
