import type { GrantedAccess, PatientPrivacy } from "../../../server/hospital/privacy/patient-privacy.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { byLabel, departmentLabel } from "../../standard-names.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { Select } from "../../ui/choices.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { DescriptionList } from "../../ui/description-list.tsx";
import { CsrfField, FieldRow, Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { DateInput, TextInput } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";

export interface PatientPrivacyProps {
  readonly page: Page;
  readonly privacy: PatientPrivacy;
  readonly people: readonly { readonly id: string; readonly name: string }[];
  readonly departments: readonly { readonly id: string; readonly key: string; readonly name: string }[];
  /** Null: the person may not see holds. */
  readonly hold:
    | { readonly reason: string; readonly placedByName: string; readonly placedAt: Date }
    | "none"
    | null;
  readonly mayHold: boolean;
  /** Which of the forms was refused, and with what. */
  readonly refused?: {
    readonly form: FormState;
    readonly whole?: string;
    readonly which: "restriction" | "access" | "hold";
  };
}

const blank = (idPrefix: string): FormState => ({ values: {}, errors: [], idPrefix });

/** Whether a record is restricted, to whom it is open all the same, and whether it is held. Nothing of what is in it. */
export function PatientPrivacyPage(props: PatientPrivacyProps): JSX.Element {
  const { page, privacy, refused } = props;
  const { restriction: t } = page.t.privacy;
  const title = t.title(privacy.mrn);
  return (
    <AppLayout page={page} title={title}>
      <PageHeader
        title={title}
        crumbs={[{ label: page.t.patients.title, href: "/patients" }]}
        status={privacy.restricted ? <Chip tone="danger" icon="lock" label={page.t.states.restricted} /> : ""}
      >
        <LinkButton href={`/patients/${privacy.patientId}`} label={t.openRecord} />
      </PageHeader>
      <FormErrors
        page={page}
        form={refused?.form ?? blank("none")}
        labels={{ reason: t.reason, userId: t.person, departmentId: t.department, until: t.until }}
        {...(refused?.whole === undefined ? {} : { whole: refused.whole })}
      />
      <Restriction {...props} />
      <Access {...props} />
      {props.hold === null ? "" : <Hold {...props} hold={props.hold} />}
    </AppLayout>
  );
}

const formOf = ({ refused }: PatientPrivacyProps, which: "restriction" | "access" | "hold"): FormState =>
  refused?.which === which ? { ...refused.form, idPrefix: which } : blank(which);

function Restriction(props: PatientPrivacyProps): JSX.Element {
  const { page, privacy } = props;
  const { restriction: t } = page.t.privacy;
  const at = `/patients/${privacy.patientId}/restriction`;
  return (
    <Panel title={t.panel}>
      {privacy.restricted ? (
        <DescriptionList
          page={page}
          items={[
            { term: t.reason, text: privacy.reason },
            { term: t.by, text: privacy.setByName },
            {
              term: t.since,
              value: privacy.setAt === null ? "" : <Instant page={page} at={privacy.setAt} />,
            },
          ]}
        />
      ) : (
        <p safe>{t.none}</p>
      )}
      <Form page={page} action={privacy.restricted ? `${at}/end` : at}>
        <TextInput
          page={page}
          form={formOf(props, "restriction")}
          name="reason"
          label={t.reason}
          hint={privacy.restricted ? t.reasonHint : t.restrictHint}
          maxlength={300}
        />
        <FormActions>
          <Button
            label={privacy.restricted ? t.lift : t.restrict}
            look={privacy.restricted ? "secondary" : "primary"}
            icon="lock"
          />
        </FormActions>
      </Form>
    </Panel>
  );
}

function Access(props: PatientPrivacyProps): JSX.Element {
  const { page, privacy } = props;
  const { restriction: t } = page.t.privacy;
  const it = { page, form: formOf(props, "access"), optional: true };
  const people = props.people.map(({ id, name }) => ({ value: id, label: name }));
  const departments = byLabel(page, props.departments, departmentLabel).map((department) => ({
    value: department.id,
    label: departmentLabel(page, department),
  }));
  return (
    <Panel title={t.access}>
      {privacy.access.length === 0 ? (
        <p class="faint" safe>
          {privacy.restricted ? t.accessNone : t.accessOpen}
        </p>
      ) : (
        <DataTable
          page={page}
          caption={t.access}
          rows={privacy.access}
          columns={[
            { key: "name", header: t.name, card: "title", text: (access) => namedOf(page, access) },
            {
              key: "until",
              header: t.until,
              cell: ({ until }) =>
                until === null ? <span safe>{t.always}</span> : <Instant page={page} at={until} />,
            },
            { key: "by", header: t.grantedBy, text: ({ grantedByName }) => grantedByName },
            {
              key: "act",
              header: page.t.table.actions,
              headerHidden: true,
              cell: (access) => (
                <form
                  method="post"
                  action={`/patients/${privacy.patientId}/access/${access.id}/end`}
                  data-hold
                >
                  <CsrfField page={page} />
                  <Button
                    label={`${t.remove}: ${namedOf(page, access)}`}
                    icon="x"
                    iconOnly
                    size="small"
                    look="ghost"
                  />
                </form>
              ),
            },
          ]}
        />
      )}
      <Form page={page} action={`/patients/${privacy.patientId}/access`}>
        <p class="field-hint" safe>
          {t.addHint}
        </p>
        <FieldRow>
          <Select {...it} name="userId" label={t.person} options={people} />
          <Select {...it} name="departmentId" label={t.department} options={departments} />
          <DateInput {...it} name="until" label={t.until} />
        </FieldRow>
        <FormActions>
          <Button label={t.add} icon="user-plus" />
        </FormActions>
      </Form>
    </Panel>
  );
}

/** The person, or the department, that a record is open to. */
function namedOf(page: Page, { departmentKey: key, name }: GrantedAccess): string {
  return key === null ? name : departmentLabel(page, { key, name });
}

function Hold(props: PatientPrivacyProps & { hold: NonNullable<PatientPrivacyProps["hold"]> }): JSX.Element {
  const { page, privacy, hold } = props;
  const { restriction: t } = page.t.privacy;
  const at = `/patients/${privacy.patientId}/legal-hold`;
  return (
    <Panel title={t.hold}>
      {hold === "none" ? (
        <p safe>{t.holdNone}</p>
      ) : (
        <DescriptionList
          page={page}
          items={[
            { term: t.reason, text: hold.reason },
            { term: t.by, text: hold.placedByName },
            { term: t.since, value: <Instant page={page} at={hold.placedAt} /> },
          ]}
        />
      )}
      {!props.mayHold ? (
        ""
      ) : (
        <Form page={page} action={hold === "none" ? at : `${at}/end`}>
          {hold === "none" ? (
            <TextInput
              page={page}
              form={formOf(props, "hold")}
              name="reason"
              label={t.reason}
              hint={t.holdText}
              maxlength={300}
            />
          ) : (
            ""
          )}
          <FormActions>
            <Button label={hold === "none" ? t.placeHold : t.liftHold} />
          </FormActions>
        </Form>
      )}
    </Panel>
  );
}
