import type { Page } from "../page.ts";
import { LinkButton } from "./button.tsx";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icons.ts";

export type ErrorPageStatus = 401 | 403 | 404 | 409 | 429 | 500 | 503;

const icons: Readonly<Record<ErrorPageStatus, IconName>> = {
  401: "lock",
  403: "ban",
  404: "search",
  409: "triangle-alert",
  429: "clock",
  500: "octagon-alert",
  503: "wifi-off",
};

/** The page of an HTTP status that has no page of its own is that of the nearest that has. */
export function errorPageStatus(status: number): ErrorPageStatus {
  if (status in icons) return status as ErrorPageStatus;
  if (status === 410) return 404;
  if (status === 412 || status === 428) return 409;
  return status >= 500 ? 500 : 404;
}

/**
 * What happened, what was kept, what to do. `detail` is the rule's own sentence, where it says more; `right` the
 * permission that was wanting; `reference` the request's id.
 */
export function ErrorPage(props: {
  page: Pick<Page, "t">;
  status: number;
  detail?: string;
  right?: string | undefined;
  reference?: string;
  /** Where the button leads; by default home. */
  action?: { readonly href: string; readonly label: string };
}): JSX.Element {
  const status = errorPageStatus(props.status);
  const { t } = props.page;
  const words = t.errorPages[status];
  const action = props.action ?? { href: "/", label: t.actions.goHome };
  return (
    <section class="error-page">
      <span class="error-page-icon">
        <Icon name={icons[status]} />
      </span>
      <h1 safe>{words.title}</h1>
      <dl>
        <dt safe>{t.errorLabels.happened}</dt>
        <dd safe>{props.detail ?? words.happened}</dd>
        {props.right === undefined ? "" : <RightWanted t={t} right={props.right} />}
        <dt safe>{t.errorLabels.kept}</dt>
        <dd safe>{words.kept}</dd>
        <dt safe>{t.errorLabels.next}</dt>
        <dd safe>{words.next}</dd>
      </dl>
      <div class="error-page-actions">
        <LinkButton href={action.href} label={action.label} look="primary" />
      </div>
      {props.reference === undefined ? (
        ""
      ) : (
        <p class="error-page-reference">
          <span safe>{t.errorLabels.reference}</span>{" "}
          <span class="code" dir="ltr" safe>
            {props.reference}
          </span>
        </p>
      )}
    </section>
  );
}

/** A right by its name in the roles' forms; an operator's right has no such name and is told by its key. */
function RightWanted({ t, right }: { t: Page["t"]; right: string }): JSX.Element {
  const names: Readonly<Record<string, string>> = t.staff.permissionNames;
  return (
    <>
      <dt safe>{t.errorLabels.right}</dt>
      <dd data-right={right}>
        <bdi safe>{names[right] ?? right}</bdi>
      </dd>
    </>
  );
}
