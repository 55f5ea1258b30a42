import type { Children } from "@kitajs/html";
import type { Patient } from "../../../server/hospital/patients/patients.ts";
import { dateInZone } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button } from "../../ui/button.tsx";
import { CsrfField } from "../../ui/form.tsx";
import { type BannerPatient, PatientBanner } from "../../ui/patient-banner.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { patientName } from "./patient-words.ts";

export const clinicalTabs = [
  "visits",
  "problems",
  "results",
  "medications",
  "allergies",
  "immunizations",
  "procedures",
] as const;
export type PatientTab =
  | "overview"
  | (typeof clinicalTabs)[number]
  | "documents"
  | "consents"
  | "history"
  | "access"
  | "privacy";

export interface PatientLayoutProps {
  readonly page: Page;
  readonly patient: Patient;
  readonly tab: PatientTab;
  /** Null where the person may not see clinical records: neither the tabs nor what the banner says of allergies. */
  readonly clinical: {
    readonly allergies: BannerPatient["allergies"];
    readonly counts: Readonly<Partial<Record<PatientTab, number>>>;
  } | null;
  readonly mayDelete: boolean;
  /** Which of the rooms around the record this person may enter. */
  readonly rooms: {
    readonly access: boolean;
    readonly consents: boolean;
    readonly documents: boolean;
    readonly privacy: boolean;
    readonly disclosure: boolean;
  };
}

/** A room of a patient's record: who it is, the rooms, and the room itself. */
export function PatientLayout(props: PatientLayoutProps & { children: Children }): JSX.Element {
  const { page, patient, clinical } = props;
  const { t } = page;
  const name = patientName(patient) ?? t.person.unknownName;
  return (
    <AppLayout page={page} title={name}>
      <h1 class="sr-only" safe>
        {name}
      </h1>
      <PatientBanner
        page={page}
        patient={{
          name: patientName(patient),
          sex: patient.sex,
          bornOn: patient.bornOn,
          bornOnEstimated: patient.bornOnEstimated,
          diedOn: patient.deceasedAt === null ? null : dateInZone(page.zone, patient.deceasedAt),
          mrn: patient.mrn,
          allergies: clinical === null ? null : clinical.allergies,
        }}
        href={`/patients/${patient.id}`}
      />
      {patient.deletedAt === null ? "" : <Deleted {...props} />}
      <Tabs page={page} label={t.patients.tabs.label} tabs={tabsOf(props)} />
      {props.children}
    </AppLayout>
  );
}

function tabsOf({ page, patient, tab, clinical, rooms }: PatientLayoutProps) {
  const tabs: readonly PatientTab[] = [
    "overview",
    ...(clinical === null || patient.deletedAt !== null ? [] : clinicalTabs),
    ...(rooms.documents && patient.deletedAt === null ? (["documents"] as const) : []),
    ...(rooms.consents ? (["consents"] as const) : []),
    "history",
    ...(rooms.access ? (["access"] as const) : []),
    ...(rooms.privacy ? (["privacy"] as const) : []),
  ];
  return tabs.map((name) => {
    const count = clinical?.counts[name];
    return {
      href: name === "overview" ? `/patients/${patient.id}` : `/patients/${patient.id}/${name}`,
      label: page.t.patients.tabs[name],
      current: name === tab,
      ...(count === undefined || count === 0 ? {} : { count }),
    };
  });
}

function Deleted({ page, patient, mayDelete }: PatientLayoutProps): JSX.Element {
  const { t } = page;
  const reason =
    patient.deleteReason === null ? {} : { text: t.patients.deletedReason(patient.deleteReason) };
  return (
    <Banner tone="warning" icon="trash-2" title={t.patients.deletedBanner} {...reason}>
      {mayDelete ? (
        <form method="post" action={`/patients/${patient.id}/restoration`} data-hold>
          <CsrfField page={page} />
          <Button label={t.actions.restore} icon="undo-2" size="small" />
        </form>
      ) : (
        ""
      )}
    </Banner>
  );
}
