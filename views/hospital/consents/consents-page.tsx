import type { Consent } from "../../../server/hospital/consents/consents.ts";
import type { Page, Tone } from "../../page.ts";
import { LinkButton } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ListRegion } from "../../ui/list.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { PatientLayout, type PatientLayoutProps } from "../patients/patient-page.tsx";

type Shell = Omit<PatientLayoutProps, "tab">;

const tones: Readonly<Record<Consent["standing"], Tone>> = {
  "in-force": "success",
  refused: "danger",
  withdrawn: "danger",
  expired: "warning",
  later: "info",
  replaced: "neutral",
};

function standingWords(page: Page, standing: Consent["standing"]): string {
  const { consents: t } = page.t.privacy;
  const words: Readonly<Record<Consent["standing"], string>> = {
    ...{ "in-force": t.inForce, refused: t.decisions.refused, withdrawn: t.decisions.withdrawn },
    ...{ expired: t.expired, later: t.later, replaced: t.replaced },
  };
  return words[standing];
}

/** What the patient has agreed to and refused. */
export function ConsentsPage(props: Shell & { consents: readonly Consent[]; mayEdit: boolean }): JSX.Element {
  const { page, patient, consents } = props;
  const { consents: t } = page.t.privacy;
  const add = props.mayEdit ? (
    <LinkButton
      href={`/patients/${patient.id}/consents/new`}
      label={t.add}
      look="primary"
      icon="plus"
      size="small"
    />
  ) : (
    ""
  );
  return (
    <PatientLayout {...props} tab="consents">
      {consents.length === 0 ? (
        <EmptyState icon="file-text" title={t.empty} hint={t.emptyHint}>
          {add}
        </EmptyState>
      ) : (
        <Panel title={t.title} actions={add} flush>
          <ListRegion>
            <DataTable
              page={page}
              caption={t.title}
              rows={consents}
              faint={({ standing }) => standing === "replaced"}
              columns={[
                {
                  key: "purpose",
                  header: t.purpose,
                  card: "title",
                  text: ({ purpose }) => t.purposes[purpose],
                },
                {
                  key: "standing",
                  header: t.decision,
                  card: "status",
                  cell: ({ standing }) => (
                    <Chip tone={tones[standing]} label={standingWords(page, standing)} />
                  ),
                },
                {
                  key: "by",
                  header: t.givenBy,
                  text: ({ givenBy, giverName }) => giverName ?? t.givers[givenBy],
                },
                { key: "method", header: t.method, minor: true, text: ({ method }) => t.methods[method] },
                {
                  key: "from",
                  header: t.validFrom,
                  cell: ({ validFrom }) => <Instant page={page} at={validFrom} />,
                },
                {
                  key: "until",
                  header: t.validUntil,
                  cell: ({ validUntil }) =>
                    validUntil === null ? (
                      <span safe>{t.untilWithdrawn}</span>
                    ) : (
                      <Instant page={page} at={validUntil} />
                    ),
                },
                {
                  key: "document",
                  header: t.document,
                  text: ({ documentReference }) => documentReference ?? "",
                },
                {
                  key: "recorded",
                  header: t.recordedBy,
                  minor: true,
                  text: ({ recordedByName }) => recordedByName,
                },
                {
                  key: "act",
                  header: page.t.table.actions,
                  headerHidden: true,
                  cell: ({ id, standing }) =>
                    props.mayEdit && standing === "in-force" ? (
                      <LinkButton
                        href={`/patients/${patient.id}/consents/${id}/withdrawal`}
                        label={t.withdraw}
                        size="small"
                      />
                    ) : (
                      ""
                    ),
                },
              ]}
            />
          </ListRegion>
        </Panel>
      )}
    </PatientLayout>
  );
}
