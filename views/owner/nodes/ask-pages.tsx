import { formatInstant } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { ConfirmPage } from "../../ui/confirm.tsx";
import type { FormState } from "../../ui/form-state.ts";

interface Hospital {
  readonly id: string;
  readonly name: string;
}

/** Up to when the records here are those of a server of the hospital's own. */
export const asOfWords = (page: Page, asOf: Date | null): string =>
  asOf === null ? page.t.onSite.unknownTime : formatInstant(page, asOf);

/** Whether to take nothing more from a hospital's own server. */
export function TakeOffPage(props: {
  page: Page;
  hospital: Hospital;
  server: {
    readonly id: string;
    readonly name: string;
    readonly status: "joining" | "active" | "revoked";
    readonly asOf: Date | null;
  };
}): JSX.Element {
  const { page, hospital, server } = props;
  const { onSite: t } = page.t;
  const title = t.takeOffTitle(server.name);
  const servers = `/hospitals/${hospital.id}/servers`;
  return (
    <AppLayout page={page} title={title}>
      <ConfirmPage
        page={page}
        title={title}
        text={
          server.status === "joining" ? t.takeOffJoiningText : t.takeOffText(asOfWords(page, server.asOf))
        }
        action={`${servers}/${server.id}/revocation`}
        confirmLabel={t.takeOff}
        cancelHref={servers}
      />
    </AppLayout>
  );
}

/** Whether to make the records here the hospital's own again, as of when, and what is lost by it. */
export function TakeBackPage(props: {
  page: Page;
  hospital: Hospital;
  asOf: Date | null;
  form: FormState;
}): JSX.Element {
  const { page, hospital, asOf, form } = props;
  const { onSite: t } = page.t;
  const title = t.takeBackTitle(hospital.name);
  const servers = `/hospitals/${hospital.id}/servers`;
  return (
    <AppLayout page={page} title={title}>
      <ConfirmPage
        page={page}
        title={title}
        text={t.takeBackText(asOfWords(page, asOf))}
        action={`${servers}/take-back`}
        confirmLabel={t.takeBack}
        typed={hospital.name}
        form={form}
        cancelHref={servers}
      />
    </AppLayout>
  );
}
