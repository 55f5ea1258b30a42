import type { Page as BrowserPage } from "playwright-core";
import { formatAge } from "../../views/age.ts";
import { AppLayout } from "../../views/layouts/app-layout.tsx";
import { PlainLayout } from "../../views/layouts/plain-layout.tsx";
import { PrintLayout } from "../../views/layouts/print-layout.tsx";
import type { Messages } from "../../views/messages/en.ts";
import type { Page, Toast } from "../../views/page.ts";
import { Banner } from "../../views/ui/banner.tsx";
import { Code, Mrn } from "../../views/ui/bdi.tsx";
import { Button, LinkButton } from "../../views/ui/button.tsx";
import { SmallBars, Sparkline } from "../../views/ui/chart.tsx";
import { StatusChip } from "../../views/ui/chip.tsx";
import { Checkbox, CheckboxGroup, RadioGroup, Select } from "../../views/ui/choices.tsx";
import { ConfirmDialog } from "../../views/ui/confirm.tsx";
import { type Column, DataTable } from "../../views/ui/data-table.tsx";
import { DescriptionList } from "../../views/ui/description-list.tsx";
import { EmptyState, Skeleton } from "../../views/ui/empty-state.tsx";
import { ErrorPage } from "../../views/ui/error-page.tsx";
import { FieldRow, Form, FormActions, FormErrors, FormSection } from "../../views/ui/form.tsx";
import { emptyForm, type FormState } from "../../views/ui/form-state.ts";
import { DateInput, FileInput, NumberInput, Textarea, TextInput } from "../../views/ui/inputs.tsx";
import { Filters, ListRegion, Paging } from "../../views/ui/list.tsx";
import { PageHeader } from "../../views/ui/page-header.tsx";
import { Panel } from "../../views/ui/panel.tsx";
import { type BannerPatient, PatientBanner, sexLabel } from "../../views/ui/patient-banner.tsx";
import { Meter, Progress } from "../../views/ui/progress.tsx";
import { Stat, Stats } from "../../views/ui/stat.tsx";
import { Live, Steps, WizardSteps } from "../../views/ui/steps.tsx";
import { Tabs } from "../../views/ui/tabs.tsx";
import { Ago, Day } from "../../views/ui/time.tsx";

export interface Example {
  readonly name: string;
  readonly portal: Page["portal"];
  readonly menuKey?: string;
  readonly signedOut?: boolean;
  readonly fullPage?: boolean;
  readonly toast?: (t: Messages) => Toast;
  readonly before?: (tab: BrowserPage) => Promise<void>;
  readonly render: (page: Page) => JSX.Element;
}

interface Row extends BannerPatient {
  readonly id: string;
  readonly phone: string;
  readonly seenAt: string | null;
  readonly state: "active" | "deceased" | "deleted";
}

const names = [
  "Muhammad Bilal Khan",
  "فاطمہ زہرا",
  "Kehinde O’Connor-Adebayo",
  "अनीता शर्मा",
  "Zoë Łukaszewska",
  "Ghulam Rasool",
  "Baby of Saima Bibi",
  "Sana Tariq",
  "Imran Ali",
  "Noor Jehan",
];

const patients: readonly Row[] = Array.from({ length: 20 }, (_, index) => ({
  id: `p${index}`,
  name: index === 7 ? null : (names[index % names.length] ?? ""),
  sex: (["male", "female", "female", "female", "unknown"] as const)[index % 5] ?? "other",
  bornOn: ["1984-03-12", "2026-11-02", "2025-09-14", "1950-01-01", null][index % 5] ?? null,
  bornOnEstimated: index % 5 === 3,
  diedOn: index === 9 ? "2026-10-01" : null,
  mrn: `${100_000_001 + index * 37}K`,
  allergies: { status: "not-asked" },
  phone: `0300 123 45${String(10 + index)}`,
  seenAt:
    index % 4 === 3 ? null : new Date(Date.parse("2026-11-21T09:16:00Z") - index * 7_400_000).toISOString(),
  state: index === 9 ? "deceased" : index === 12 ? "deleted" : "active",
}));

const badForm: FormState = {
  values: {
    firstName: "Muhammad Bilal",
    lastName: "",
    sex: "male",
    bornOn: "2031-01-01",
    phone: "12",
    weight: "3.4",
    notes: "Walks with a stick.",
    department: "er",
  },
  errors: [
    { field: "lastName", code: "required", message: "Enter the last name." },
    { field: "bornOn", code: "in-the-future", message: "The date of birth lies in the future." },
    { field: "phone", code: "not-a-phone", message: "" },
  ],
};

const banner: BannerPatient = {
  name: "Muhammad Bilal Khan",
  sex: "male",
  bornOn: "1984-03-12",
  bornOnEstimated: false,
  diedOn: null,
  mrn: "100000038T",
  allergies: {
    status: "recorded",
    names: ["Penicillin", "Peanuts", "Sulfamethoxazole / trimethoprim", "Latex"],
  },
};

function columns(page: Page): readonly Column<Row>[] {
  const { t } = page;
  return [
    {
      key: "name",
      header: t.nav.patients,
      card: "title",
      text: (row) => row.name ?? t.person.unknownName,
      sort: { href: "?sort=name", direction: "ascending" },
    },
    { key: "mrn", header: t.person.mrn, card: "plain", cell: (row) => <Mrn mrn={row.mrn} /> },
    {
      key: "age",
      header: t.person.age,
      card: "plain",
      figures: true,
      text: (row) =>
        row.bornOn === null
          ? t.dates.notKnown
          : formatAge(page, row.bornOn, { estimated: row.bornOnEstimated }),
      sort: { href: "?sort=age", direction: null },
    },
    { key: "sex", header: "Sex", minor: true, text: (row) => sexLabel(page, row.sex), card: "hidden" },
    { key: "phone", header: "Phone", card: "plain", minor: true, cell: (row) => <Code text={row.phone} /> },
    { key: "seen", header: "Last seen", cell: (row) => <Ago page={page} at={row.seenAt} /> },
    {
      key: "state",
      header: "State",
      card: "status",
      cell: (row) => <StatusChip page={page} state={row.state} />,
    },
  ];
}

function PatientList(props: { page: Page; rows: readonly Row[] }): JSX.Element {
  const { page, rows } = props;
  const { t } = page;
  return (
    <AppLayout page={page} title={t.nav.patients}>
      <PageHeader title={t.nav.patients}>
        <LinkButton href="/import" label={t.nav.import} icon="file-up" />
        <LinkButton href="/patients/new" label="Register patient" icon="user-plus" look="primary" />
      </PageHeader>
      <Filters
        page={page}
        action="/patients"
        search={{ value: "bilaal", label: t.shell.searchPatients }}
        selects={[
          {
            name: "status",
            label: "State",
            value: "active",
            options: [
              { value: "active", label: t.states.active },
              { value: "deceased", label: t.states.deceased },
            ],
          },
        ]}
        active
      >
        <LinkButton href="/patients.csv" label={t.actions.exportCsv} icon="download" download />
      </Filters>
      <ListRegion>
        {rows.length === 0 ? (
          <EmptyState icon="users" title={t.empty.patients} hint={t.empty.patientsHint}>
            <LinkButton href="/patients/new" label="Register patient" icon="user-plus" look="primary" />
            <LinkButton href="/import" label={t.nav.import} icon="file-up" />
          </EmptyState>
        ) : (
          <>
            <DataTable
              page={page}
              caption={t.nav.patients}
              columns={columns(page)}
              rows={rows}
              href={(row) => `/patients/${row.id}`}
              faint={(row) => row.state === "deleted"}
            />
            <Paging
              page={page}
              shown={20}
              total={12_480}
              firstHref="/patients"
              nextHref="/patients?cursor=x"
            />
          </>
        )}
      </ListRegion>
    </AppLayout>
  );
}

function PatientForm(props: { page: Page; form: FormState }): JSX.Element {
  const { page, form } = props;
  const shared = { page, form };
  return (
    <AppLayout page={page} title="Register patient">
      <PageHeader title="Register patient" crumbs={[{ label: page.t.nav.patients, href: "/patients" }]} />
      <FormErrors
        page={page}
        form={form}
        labels={{ lastName: "Last name", bornOn: "Date of birth", phone: "Phone" }}
      />
      <Form page={page} action="/patients" version={3}>
        <FieldRow>
          <TextInput {...shared} name="firstName" label="First name" />
          <TextInput {...shared} name="lastName" label="Last name" />
        </FieldRow>
        <RadioGroup
          {...shared}
          name="sex"
          label="Sex"
          inline
          options={[
            { value: "female", label: page.t.person.female },
            { value: "male", label: page.t.person.male },
            { value: "other", label: page.t.person.otherSex },
          ]}
        />
        <DateInput
          {...shared}
          name="bornOn"
          label="Date of birth"
          hint="As on the card; estimate where it is not known."
          max="2026-11-21"
        />
        <TextInput
          {...shared}
          name="phone"
          label="Phone"
          type="tel"
          optional
          hint="Family may share a number."
          width="medium"
        />
        <FormSection title="At the desk" hint="Asked only of new patients.">
          <NumberInput {...shared} name="weight" label="Weight" digits={1} suffix="kg" optional />
          <Select
            {...shared}
            name="department"
            label="Department"
            width="medium"
            options={[
              { value: "er", label: "Emergency" },
              { value: "med", label: "Medical" },
            ]}
          />
          <Checkbox
            {...shared}
            name="consent"
            label="Agrees to reminders"
            hint="By text message only."
            optional
          />
          <CheckboxGroup
            {...shared}
            name="days"
            label="Days"
            optional
            inline
            chosen={["mon"]}
            options={[
              { value: "mon", label: "Monday" },
              { value: "tue", label: "Tuesday" },
            ]}
          />
          <Textarea {...shared} name="notes" label="Notes" optional />
          <FileInput
            {...shared}
            name="scan"
            label="Card, scanned"
            accept="image/png,application/pdf"
            optional
          />
        </FormSection>
        <FormActions>
          <Button label={page.t.actions.save} look="primary" />
          <LinkButton href="/patients" label={page.t.actions.cancel} />
        </FormActions>
      </Form>
    </AppLayout>
  );
}

function PatientPage(props: { page: Page; patient: BannerPatient; dialog?: boolean }): JSX.Element {
  const { page, patient } = props;
  const { t } = page;
  return (
    <AppLayout page={page} title={patient.name ?? t.person.unknownName}>
      <PatientBanner page={page} patient={patient} href="/patients/p1" />
      <Tabs
        page={page}
        label={t.nav.patients}
        tabs={[
          { href: "#", label: "Overview", current: true },
          { href: "#1", label: "Visits", current: false, count: 18 },
          { href: "#2", label: "Problems", current: false, count: 4 },
          { href: "#3", label: "Medications", current: false, count: 7 },
          { href: "#4", label: "Results", current: false, count: 1204 },
          { href: "#5", label: "Immunisations", current: false },
        ]}
      />
      <div class="beside">
        <div class="stack">
          <Panel
            title="Visits"
            flush
            actions={<LinkButton href="#" label={t.actions.showMore} size="small" look="ghost" />}
          >
            <DataTable
              page={page}
              caption="Visits"
              rows={patients.slice(0, 4)}
              columns={[
                {
                  key: "day",
                  header: "Day",
                  cell: () => <Day page={page} date="2026-03-12" />,
                  card: "title",
                },
                { key: "kind", header: "Kind", text: () => "Encounter for check-up" },
                {
                  key: "state",
                  header: "State",
                  card: "status",
                  cell: () => <StatusChip page={page} state="finished" />,
                },
              ]}
            />
          </Panel>
          <Panel title="Allergies" flush>
            <EmptyState icon="circle-help" title={t.empty.records} hint={t.empty.recordsHint} />
          </Panel>
        </div>
        <Panel
          title="Details"
          actions={<LinkButton href="#" label={t.actions.edit} size="small" icon="pencil" />}
        >
          <DescriptionList
            page={page}
            items={[
              { term: t.person.born, value: <Day page={page} date="1984-03-12" /> },
              { term: "Phone", value: <Code text="0300 1234510" /> },
              { term: "Address", text: "House 12, Street 4, گلبرگ, Lahore" },
              { term: "Email", text: null },
            ]}
          />
          <p>
            <LinkButton
              href="/patients/p1/delete"
              label={t.actions.delete}
              look="danger-quiet"
              size="small"
              icon="trash-2"
              opens="delete"
              id="open-delete"
            />
          </p>
        </Panel>
      </div>
      <ConfirmDialog
        id="delete"
        page={page}
        title="Delete this record"
        text="The record leaves all lists. It can be restored for 30 days."
        action="/patients/p1/deletion"
        confirmLabel={t.actions.delete}
        typed="Muhammad Bilal Khan"
      />
    </AppLayout>
  );
}

export const examples: readonly Example[] = [
  {
    name: "list",
    portal: "hospital",
    menuKey: "patients",
    render: (page) => <PatientList page={page} rows={patients} />,
    toast: () => ({ tone: "success", text: "Saved.", undo: { action: "/undo", label: "Undo" } }),
  },
  {
    name: "empty",
    portal: "hospital",
    menuKey: "patients",
    render: (page) => <PatientList page={page} rows={[]} />,
  },
  {
    name: "form",
    portal: "hospital",
    menuKey: "patients",
    fullPage: true,
    render: (page) => <PatientForm page={page} form={badForm} />,
  },
  {
    name: "form-new",
    portal: "hospital",
    menuKey: "patients",
    fullPage: true,
    render: (page) => <PatientForm page={page} form={emptyForm} />,
  },
  {
    name: "patient",
    portal: "hospital",
    menuKey: "patients",
    fullPage: true,
    render: (page) => <PatientPage page={page} patient={banner} />,
  },
  {
    name: "dialog",
    portal: "hospital",
    menuKey: "patients",
    render: (page) => (
      <PatientPage
        page={page}
        patient={{ ...banner, diedOn: "2026-10-01", allergies: { status: "not-asked" } }}
      />
    ),
    before: async (tab) => {
      await tab.click("#open-delete");
      await tab.waitForSelector("dialog[open]");
    },
  },
  {
    name: "home",
    fullPage: true,
    portal: "hospital",
    menuKey: "home",
    render: (page) => (
      <AppLayout page={page} title={page.t.nav.home}>
        <PageHeader title={page.t.nav.home} lead="What needs you now." />
        <Banner tone="danger" title="A critical result waits" text="Potassium 6.9 mmol/L." />
        <Banner tone="info" title="The plan's patients are at 82%" />
        <Banner tone="success" title="The last import is complete" />
        <Stats>
          <Stat label={page.t.nav.patients} value="12,480" note="+14 today" icon="users" href="/patients" />
          <Stat label="Waiting" value="9" note="longest 42 min" icon="clock" tone="warning" />
          <Stat label="Not reached" value="1" icon="wifi-off" tone="danger" />
          <Stat label="Visits" value="412" icon="activity">
            <Sparkline
              page={page}
              id="spark"
              title="Visits by week"
              description="Rising from 31 to 58."
              points={[31, 35, 30, 44, 41, 52, 58].map((value, index) => ({
                label: `Week ${index + 40}`,
                value,
              }))}
            />
          </Stat>
        </Stats>
        <Panel title="By day">
          <SmallBars
            page={page}
            id="bars"
            title="Visits by day"
            description="Between 3 and 12."
            points={[3, 8, 12, 7, 5, 9, 11].map((value, index) => ({ label: `Day ${index + 1}`, value }))}
          />
        </Panel>
        <Banner
          tone="warning"
          title="The online copy has not been reached for two hours"
          text="Work goes on; changes are copied once the line is back."
        >
          <LinkButton href="#" label={page.t.actions.open} size="small" />
        </Banner>
        <Skeleton rows={4} label="Loading" />
      </AppLayout>
    ),
  },
  {
    name: "menu",
    portal: "hospital",
    menuKey: "home",
    render: (page) => (
      <AppLayout page={page} title={page.t.nav.home}>
        <PageHeader title={page.t.nav.home} />
      </AppLayout>
    ),
    before: async (tab) => {
      await tab.click(".person-menu > summary");
    },
  },
  {
    name: "wizard",
    portal: "owner",
    menuKey: "hospitals",
    fullPage: true,
    render: (page) => (
      <AppLayout page={page} title={page.t.nav.hospitals}>
        <PageHeader
          title={page.t.nav.hospitals}
          crumbs={[{ label: page.t.nav.hospitals, href: "/" }]}
          status={<StatusChip page={page} state="running" />}
        />
        <WizardSteps page={page} labels={["Hospital", "First admin", "Plan"]} current={1} />
        <Panel title="Creating Ramzan Hospital">
          <Live id="steps" src="/steps">
            <Steps
              page={page}
              label="Steps"
              retryAction="/retry"
              steps={[
                { key: "a", label: "Reserve the name", status: "done", tookMs: 12 },
                { key: "b", label: "Create the database", status: "done", tookMs: 1480 },
                { key: "c", label: "Seed roles and departments", status: "running" },
                { key: "d", label: "First admin", status: "failed", reason: "The email is already in use." },
                { key: "e", label: "Online copy", status: "waiting" },
              ]}
            />
          </Live>
        </Panel>
        <Panel title="Import">
          <Progress
            page={page}
            id="import"
            label="Importing records"
            done={4210}
            total={12_000}
            msLeft={95_000}
            stopAction="/stop"
          />
        </Panel>
        <Panel title="Limits">
          <div class="stack">
            <Meter page={page} label="Patients" used={40} limit={100} />
            <Meter page={page} label="Patients" used={82} limit={100} />
            <Meter page={page} label="Users" used={5} limit={5} />
          </div>
        </Panel>
      </AppLayout>
    ),
  },
  {
    name: "sign-in",
    portal: "hospital",
    signedOut: true,
    render: (page) => (
      <PlainLayout page={page} title={page.t.signIn.title}>
        <h1 safe>{page.t.signIn.toHospital(page.brand.name)}</h1>
        <FormErrors page={page} form={emptyForm} labels={{}} whole={page.t.signIn.wrong} />
        <Form page={page} action="/sign-in">
          <TextInput
            page={page}
            form={emptyForm}
            name="email"
            label={page.t.signIn.email}
            type="email"
            autocomplete="username"
            autofocus
          />
          <TextInput
            page={page}
            form={emptyForm}
            name="password"
            label={page.t.signIn.password}
            type="password"
            autocomplete="current-password"
          />
          <FormActions>
            <Button label={page.t.signIn.submit} look="primary" size="large" />
          </FormActions>
        </Form>
        <p class="faint" safe>
          {page.t.signIn.forgot}
        </p>
      </PlainLayout>
    ),
  },
  {
    name: "error",
    portal: "hospital",
    signedOut: true,
    render: (page) => (
      <PlainLayout page={page} title="503" wide>
        <ErrorPage page={page} status={503} reference="req-8f2c01" />
      </PlainLayout>
    ),
  },
  {
    name: "print",
    portal: "hospital",
    render: (page) => (
      <PrintLayout page={page} title="Visit summary">
        <PatientBanner page={page} patient={{ ...banner, allergies: { status: "none-known" } }} />
      </PrintLayout>
    ),
  },
];
