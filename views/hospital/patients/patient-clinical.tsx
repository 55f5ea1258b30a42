import type {
  ClinicalEntries,
  ClinicalTab as ClinicalTabName,
} from "../../../server/hospital/clinical/tabs.ts";
import { ClinicalTab } from "../clinical/clinical-tab.tsx";
import { PatientLayout, type PatientLayoutProps } from "./patient-page.tsx";

interface ClinicalProps extends PatientLayoutProps {
  readonly tab: ClinicalTabName;
  readonly shown: ClinicalEntries;
  /** A page after the first. */
  readonly further: boolean;
}

/** A room of the record that holds entries of one kind: visits, problems, results … */
export function PatientClinical(props: ClinicalProps): JSX.Element {
  return (
    <PatientLayout {...props}>
      <ClinicalTab
        page={props.page}
        shown={props.shown}
        href={`/patients/${props.patient.id}/${props.tab}`}
        further={props.further}
      />
    </PatientLayout>
  );
}
