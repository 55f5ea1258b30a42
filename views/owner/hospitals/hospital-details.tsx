import { languages } from "../../messages/catalogue.ts";
import type { Page } from "../../page.ts";
import { Code } from "../../ui/bdi.tsx";
import { DescriptionList } from "../../ui/description-list.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Ago, Instant } from "../../ui/time.tsx";
import type { HospitalRow } from "./hospitals-table.tsx";

const nameOf = (code: string) => languages.find((language) => language.code === code)?.name ?? code;

/** The hospital's facts. */
export function HospitalDetails(props: { page: Page; hospital: HospitalRow; portal: string }): JSX.Element {
  const { page, hospital, portal } = props;
  const { details: t, hospitals } = page.t.owner;
  return (
    <Panel title={t.title}>
      <DescriptionList
        page={page}
        items={[
          { term: t.address, value: <Code text={portal.replace(/^https?:\/\//, "")} /> },
          { term: t.region, text: hospital.region },
          { term: t.isolation, text: t.isolations[hospital.isolation] },
          { term: t.databaseName, value: <Code text={hospital.tenantDbName} /> },
          { term: t.server, text: hospital.primaryServer },
          { term: t.timeZone, text: hospital.timeZone },
          { term: t.currency, text: hospital.currency },
          { term: t.language, text: nameOf(hospital.language) },
          { term: t.contactEmail, text: hospital.contactEmail },
          { term: t.contactPhone, text: hospital.contactPhone },
          { term: hospitals.created, value: <Ago page={page} at={hospital.createdAt} /> },
          ...(hospital.statusReason === null ? [] : [{ term: t.reason, text: hospital.statusReason }]),
          ...(hospital.purgeAfter === null
            ? []
            : [{ term: t.purgeAfter, value: <Instant page={page} at={hospital.purgeAfter} /> }]),
        ]}
      />
    </Panel>
  );
}
