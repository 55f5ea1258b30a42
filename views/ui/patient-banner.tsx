import { formatAge } from "../age.ts";
import { formatDate, type Place } from "../format.ts";
import { Mrn } from "./bdi.tsx";
import { StatusChip } from "./chip.tsx";
import { Icon } from "./icon.tsx";

export type Sex = "female" | "male" | "other" | "unknown";

export interface BannerPatient {
  /** Null: the name is not known. */
  readonly name: string | null;
  readonly sex: Sex;
  /** `YYYY-MM-DD`, or null. */
  readonly bornOn: string | null;
  readonly bornOnEstimated: boolean;
  /** The day of death, `YYYY-MM-DD`, or null. */
  readonly diedOn: string | null;
  readonly mrn: string;
  /** `recorded` with their names; `none-known`: asked, and none; `not-asked`: nobody asked yet. Null: not for this person's eyes. */
  readonly allergies:
    | { readonly status: "recorded"; readonly names: readonly string[] }
    | { readonly status: "none-known" }
    | { readonly status: "not-asked" }
    | null;
}

const sexWords = { female: "female", male: "male", other: "otherSex", unknown: "unknownSex" } as const;

/** The word for a sex. */
export function sexLabel(page: Pick<Place, "t">, sex: Sex): string {
  return page.t.person[sexWords[sex]];
}

/** Who this is: always the same place, height and order on every page of a patient. */
export function PatientBanner(props: { page: Place; patient: BannerPatient; href?: string }): JSX.Element {
  const { page, patient } = props;
  const name = patient.name ?? page.t.person.unknownName;
  return (
    <section class="patient-banner" aria-label={name}>
      <div class="patient-who">
        <p class="patient-name">
          {props.href === undefined ? (
            <bdi safe>{name}</bdi>
          ) : (
            <a href={props.href}>
              <bdi safe>{name}</bdi>
            </a>
          )}
          {patient.diedOn === null ? (
            ""
          ) : (
            <StatusChip
              page={page}
              state="deceased"
              title={page.t.person.deceasedOn(formatDate(page, patient.diedOn))}
            />
          )}
        </p>
        <p class="patient-facts">
          <AgeAndSex page={page} patient={patient} />
          <span class="patient-mrn">
            <span class="faint" safe>
              {page.t.person.mrn}
            </span>{" "}
            <Mrn mrn={patient.mrn} />
          </span>
        </p>
      </div>
      {patient.allergies === null ? "" : <Allergies page={page} allergies={patient.allergies} />}
    </section>
  );
}

function AgeAndSex(props: { page: Place; patient: BannerPatient }): JSX.Element {
  const { page, patient } = props;
  const { bornOn } = patient;
  const age =
    bornOn === null
      ? page.t.dates.notKnown
      : formatAge(page, bornOn, { estimated: patient.bornOnEstimated, onDate: patient.diedOn });
  const title = bornOn === null ? undefined : `${page.t.person.born} ${formatDate(page, bornOn)}`;
  return (
    <>
      <span title={title} safe>
        {age}
      </span>
      <span safe>{sexLabel(page, patient.sex)}</span>
    </>
  );
}

function Allergies(props: { page: Place; allergies: NonNullable<BannerPatient["allergies"]> }): JSX.Element {
  const { t } = props.page;
  const { allergies } = props;
  if (allergies.status === "recorded") {
    return (
      <div class="patient-allergies is-recorded">
        <Icon name="octagon-alert" />
        <p title={allergies.names.join(", ")}>
          <strong safe>{t.person.allergiesCount(allergies.names.length)}</strong>{" "}
          <bdi safe>{allergies.names.join(", ")}</bdi>
        </p>
      </div>
    );
  }
  const known = allergies.status === "none-known";
  return (
    <div class={["patient-allergies", known ? "is-none" : "is-not-asked"]}>
      <Icon name={known ? "circle-check" : "circle-help"} />
      <p>
        <strong safe>{t.person.allergies}</strong>{" "}
        <span safe>{known ? t.person.noneKnown : t.person.notAsked}</span>
      </p>
    </div>
  );
}
