import type { Page } from "../../page.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { ConfirmDialog, type ConfirmProps } from "../../ui/confirm.tsx";
import { CsrfField } from "../../ui/form.tsx";
import { emptyForm } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";
import { Panel } from "../../ui/panel.tsx";
import type { HospitalRow } from "./hospitals-table.tsx";

/** The acts that ask first. */
export type AskedAct = "suspend" | "archive" | "delete";

interface ActsProps {
  readonly page: Page;
  readonly hospital: HospitalRow;
  readonly may: { readonly suspend: boolean; readonly delete: boolean };
  readonly retentionDays: number;
}

/** What can be done with a hospital in its present state. */
export function HospitalActs(props: ActsProps): JSX.Element {
  const { page, hospital, may } = props;
  const { acts: t } = page.t.owner;
  const { status } = hospital;
  const asked: AskedAct[] = [];
  if (may.suspend && status === "active") asked.push("suspend");
  if (may.suspend && (status === "active" || status === "suspended")) asked.push("archive");
  if (may.delete && status !== "deleting" && status !== "deleted") asked.push("delete");
  const opens = may.suspend && (status === "suspended" || status === "archived" || status === "deleting");
  if (asked.length === 0 && !opens) return "";
  return (
    <Panel title={t.title}>
      <div class="form-actions">
        {opens ? (
          <form method="post" action={`/hospitals/${hospital.id}/activation`} data-hold>
            <CsrfField page={page} />
            <Button label={status === "deleting" ? t.takeBack : t.activate} icon="play" />
          </form>
        ) : (
          ""
        )}
        {asked.map((act) => (
          <LinkButton
            href={`/hospitals/${hospital.id}/${act}`}
            label={t[act]}
            look={act === "delete" ? "danger-quiet" : "secondary"}
            icon={act === "suspend" ? "pause" : act === "archive" ? "archive" : "trash-2"}
            opens={`${act}-hospital`}
          />
        ))}
      </div>
      {asked.map((act) => (
        <ConfirmDialog id={`${act}-hospital`} {...questionOf(props, act)}>
          <ReasonField page={page} idPrefix={`${act}-hospital`} />
        </ConfirmDialog>
      ))}
    </Panel>
  );
}

/** Why it is done; kept with the record. */
export function ReasonField(props: { page: Page; idPrefix: string; value?: string }): JSX.Element {
  const { page, idPrefix, value } = props;
  const { acts: t } = page.t.owner;
  return (
    <TextInput
      page={page}
      form={{ ...emptyForm, idPrefix, values: { reason: value } }}
      name="reason"
      label={t.reason}
      hint={t.reasonHint}
      maxlength={500}
      optional
    />
  );
}

/** The question before an act: what will happen, what stays. */
export function questionOf(props: Omit<ActsProps, "may">, act: AskedAct): ConfirmProps {
  const { page, hospital, retentionDays } = props;
  const { acts: t } = page.t.owner;
  const name = hospital.companyName;
  const shared = { page, action: `/hospitals/${hospital.id}/${act}`, confirmLabel: t[act] };
  if (act === "suspend") return { ...shared, title: t.suspendTitle(name), text: t.suspendText };
  if (act === "archive") return { ...shared, title: t.archiveTitle(name), text: t.archiveText };
  return { ...shared, title: t.deleteTitle(name), text: t.deleteText(retentionDays), typed: name };
}
